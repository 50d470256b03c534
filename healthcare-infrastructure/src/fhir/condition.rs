//! FHIR Condition.

use chrono::{DateTime, Utc};
use healthcare_domain::problem::{Activity, Ending, Problem, ProblemError, ProblemEvent, ProblemRecord};
use serde::Deserialize;

use super::{
    Reading, Refused,
    datatypes::{CodeableConcept, Identifier, Meta, Period, Reference, concepts, identifiers},
    date_time::FhirDateTime,
    family_member_history::{Annotation, note},
    parse::resource,
    said::{Dated, Import, Moments, Taking, Times, remark},
};

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Resource {
    meta: Meta,
    identifier: Vec<Identifier>,
    clinical_status: CodeableConcept,
    verification_status: CodeableConcept,
    category: Vec<CodeableConcept>,
    severity: Option<CodeableConcept>,
    code: CodeableConcept,
    encounter: Option<Reference>,
    onset_date_time: Option<FhirDateTime>,
    onset_period: Option<Period>,
    onset_string: Option<String>,
    abatement_date_time: Option<FhirDateTime>,
    abatement_period: Option<Period>,
    abatement_string: Option<String>,
    abatement_boolean: Option<bool>,
    recorded_date: Option<FhirDateTime>,
    body_site: Vec<CodeableConcept>,
    note: Vec<Annotation>,
}

/// How a problem stands at its source.
#[derive(Debug, Clone, PartialEq)]
pub enum Standing {
    /// It counts.
    Active(Activity),
    /// It is over, since a time where it is known.
    Resolved(Option<DateTime<Utc>>, Ending),
    /// It never was: entered in error, or refuted.
    Struck(&'static str),
}

/// What a Condition resource says.
#[derive(Debug, Clone, PartialEq)]
pub struct ProblemSaid {
    /// The problem.
    pub problem: Problem,
    /// The times of its recording.
    pub times: Times,
    /// How it stands.
    pub standing: Standing,
}

/// Reads a Condition.
///
/// # Errors
/// With the place and the reason, when it is not what FHIR R4 defines.
pub fn read(raw: &str, reading: &Reading<'_>) -> Result<ProblemSaid, Refused> {
    let r: Resource = resource(raw)?;
    let onset = r.onset_date_time.or(r.onset_period.and_then(|p| p.start.or(p.end))).map(|t| t.earliest());
    // An onset in words may still be a date.
    let onset = onset.or_else(|| r.onset_string.as_deref()?.parse::<FhirDateTime>().ok().map(|t| t.earliest()));
    let over = r.abatement_date_time.or(r.abatement_period.and_then(|p| p.end.or(p.start)));
    let over = over.or_else(|| r.abatement_string.as_deref()?.parse::<FhirDateTime>().ok());
    let over_at = over.map(|t| t.not_before(onset));
    let abated = over_at.is_some_and(|at| at <= reading.now) || r.abatement_boolean == Some(true);

    let status = r.clinical_status.first_code();
    let standing = if r.verification_status.has("entered-in-error") {
        Standing::Struck("marked as entered in error by its source")
    } else if r.verification_status.has("refuted") {
        Standing::Struck("refuted at its source")
    } else {
        match status {
            Some("resolved") => Standing::Resolved(over_at, Ending::Resolved),
            Some("remission") => Standing::Resolved(over_at, Ending::Remission),
            Some("inactive") => Standing::Resolved(over_at, Ending::Inactive),
            Some("active") => Standing::Active(Activity::Active),
            Some("recurrence") => Standing::Active(Activity::Recurrence),
            Some("relapse") => Standing::Active(Activity::Relapse),
            Some(_) => {
                return Err(Refused::at(
                    "clinicalStatus",
                    "none of active, recurrence, relapse, inactive, remission, resolved",
                ));
            }
            None if abated => Standing::Resolved(over_at, Ending::Resolved),
            None => Standing::Active(Activity::Active),
        }
    };
    let times = Moments { clinical: onset, known: r.recorded_date, meta: &r.meta, now: reading.now }.times();
    let problem = Problem {
        identifiers: identifiers(&r.identifier),
        code: r.code.to_domain(),
        categories: concepts(&r.category),
        verification: r.verification_status.first_code().map(str::to_owned),
        severity: r.severity.map(|s| s.to_domain()).filter(|s| !s.is_empty()),
        onset_at: onset,
        encounter: r.encounter.as_ref().and_then(|e| reading.references.encounter(e)),
        body_sites: concepts(&r.body_site),
        note: note(&r.note),
    };
    Ok(ProblemSaid { problem, times, standing })
}

impl ProblemSaid {
    /// The events that bring `state` to it.
    pub(super) fn decide(&self, state: &ProblemRecord, import: &Import) -> Result<Vec<Dated>, Refused> {
        let mut taking = Taking::from(state);
        let fresh = *state == ProblemRecord::Unrecorded;
        match state {
            ProblemRecord::Unrecorded => {
                taking.take(state.add(self.problem.clone()).map_err(refused)?, self.times);
            }
            ProblemRecord::EnteredInError(held)
                if *held == self.problem && matches!(self.standing, Standing::Struck(_)) =>
            {
                return Ok(vec![]);
            }
            ProblemRecord::Active(..) | ProblemRecord::Resolved(..) | ProblemRecord::EnteredInError(_) => {
                let events = match state.amend(self.problem.clone()) {
                    // Its source had a reason of its own.
                    Err(ProblemError::NeedsReason) => {
                        vec![ProblemEvent::ProblemAmended { problem: self.problem.clone(), overrides: vec![] }]
                    }
                    decided => decided.map_err(refused)?,
                };
                taking.take(events, import.correction(self.times));
            }
        }
        match (&self.standing, &taking.state) {
            (Standing::Active(how), ProblemRecord::Active(_, is)) if how != is => {
                let times = if fresh { self.times } else { import.correction(self.times) };
                taking.take(vec![ProblemEvent::ProblemReactivated { at: None, how: *how, overrides: vec![] }], times);
            }
            (Standing::Resolved(at, how), ProblemRecord::Active(..)) => {
                let events = taking.state.resolve(*at, *how).map_err(refused)?;
                taking.take(events, self.times.then(*at, import.now));
            }
            (Standing::Struck(reason), _) => {
                let times = if fresh { self.times } else { import.correction(self.times) };
                let events = taking.state.enter_in_error(remark(reason)?).map_err(refused)?;
                taking.take(events, times);
            }
            // What was resolved here or there does not come back by itself: its source has to record it anew.
            (Standing::Active(_), ProblemRecord::Resolved(..)) => return Err(refused(ProblemError::NotActive)),
            (Standing::Active(_) | Standing::Resolved(..), _) => {}
        }
        Ok(taking.events)
    }
}

fn refused(error: ProblemError) -> Refused {
    let place = match error {
        ProblemError::Unnamed => "code",
        ProblemError::OnsetBeforeBirth | ProblemError::OnsetInTheFuture => "onset[x]",
        ProblemError::ResolvedBeforeOnset => "abatementDateTime",
        ProblemError::Unrecorded
        | ProblemError::AlreadyRecorded
        | ProblemError::NotActive
        | ProblemError::Active
        | ProblemError::BackBeforeEnd
        | ProblemError::NeedsReason
        | ProblemError::InTheFuture => "",
    };
    Refused::at(place, error.to_string())
}
