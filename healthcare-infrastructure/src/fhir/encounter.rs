//! FHIR Encounter.

use chrono::{DateTime, Utc};
use healthcare_domain::encounter::{
    Admission, Diagnosis, Disposition, Encounter, EncounterClass, EncounterError, EncounterEvent, Stage,
};
use serde::Deserialize;

use super::{
    Reading, Refused,
    datatypes::{CodeableConcept, Coding, Identifier, Meta, Period, Reference, concepts, identifiers},
    encounter_course::{self, DiagnosisElement, Located, Step},
    parse::{one_of, resource},
    reference::held,
    said::{Dated, Import, Moments, Taking, Times, remark},
};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Resource {
    #[serde(default)]
    meta: Meta,
    #[serde(default)]
    identifier: Vec<Identifier>,
    status: String,
    #[serde(default)]
    status_history: Vec<encounter_course::StatusHistory>,
    #[serde(default)]
    class: Coding,
    #[serde(default)]
    class_history: Vec<encounter_course::ClassHistory>,
    #[serde(default)]
    r#type: Vec<CodeableConcept>,
    #[serde(default)]
    reason_code: Vec<CodeableConcept>,
    #[serde(default)]
    diagnosis: Vec<DiagnosisElement>,
    period: Option<Period>,
    #[serde(default)]
    location: Vec<Located>,
    hospitalization: Option<Hospitalization>,
    service_provider: Option<Reference>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Hospitalization {
    admit_source: Option<CodeableConcept>,
    discharge_disposition: Option<CodeableConcept>,
}

/// How a visit stands at its source.
#[derive(Debug, Clone, PartialEq)]
pub enum Course {
    /// Under way.
    Open,
    /// Over.
    Ended {
        /// Where to.
        disposition: Disposition,
        /// When, if known.
        at: Option<DateTime<Utc>>,
    },
    /// Expected; nobody has come yet.
    Planned,
    /// Called off before anybody was seen.
    Cancelled {
        /// When, if known.
        at: Option<DateTime<Utc>>,
    },
    /// Never took place.
    Struck,
}

/// What an Encounter resource says.
#[derive(Debug, Clone, PartialEq)]
pub struct EncounterSaid {
    /// How it began, as what is known of it now: its class and place are those it has now.
    pub admission: Admission,
    /// How it began, as it was then.
    pub first: EncounterEvent,
    /// What happened in it, in order.
    pub steps: Vec<Step>,
    /// What the patient has.
    pub diagnoses: Vec<Diagnosis>,
    /// The times of its beginning.
    pub times: Times,
    /// How it stands.
    pub course: Course,
}

const STATUSES: [&str; 9] =
    ["planned", "arrived", "triaged", "in-progress", "onleave", "finished", "cancelled", "entered-in-error", "unknown"];

/// Reads an Encounter. `None` for a visit without a word of when, for one of which its source knows neither how it stands nor that it
/// ended, and for one that was called off after it had begun: it is no visit of the record, and is kept whole.
///
/// # Errors
/// With the place and the reason, when it is not what FHIR R4 defines.
pub fn read(raw: &str, reading: &Reading<'_>) -> Result<Option<EncounterSaid>, Refused> {
    let r: Resource = resource(raw)?;
    one_of("status", &r.status, &STATUSES)?;
    for (n, was) in r.status_history.iter().enumerate() {
        one_of(&format!("statusHistory[{n}].status"), &was.status, &STATUSES)?;
    }
    let period = r.period.unwrap_or_default();
    let history = || r.status_history.iter().filter_map(|h| h.period.start).map(|t| t.earliest()).min();
    let started = period.start.map(|t| t.earliest()).or_else(history).or_else(|| period.end.map(|t| t.earliest()));
    // When it began is what rules count from, and is not invented.
    if started.is_none() {
        return Ok(None);
    }
    // Nobody came to what was only planned: it was planned when its source wrote it down.
    let came = r.status_history.iter().any(|was| encounter_course::stage(&was.status).is_some());
    let expected = r.status == "planned" || (r.status == "cancelled" && !came);
    // A visit in which somebody was seen is not called off.
    if r.status == "cancelled" && r.status_history.iter().any(|was| matches!(&*was.status, "in-progress" | "onleave")) {
        return Ok(None);
    }
    let clinical = started.filter(|_| !expected);
    let times = Moments { clinical, known: None, meta: &r.meta, now: reading.now }.times();
    let begins = started.unwrap_or(times.occurred_at);
    let ended = period.end.map(|t| t.latest()).filter(|end| *end <= reading.now);
    // Whether it is over is not invented either.
    if r.status == "unknown" && ended.is_none() {
        return Ok(None);
    }
    let disposition = || {
        let said = r.hospitalization.as_ref().and_then(|h| h.discharge_disposition.as_ref());
        said.map_or(Disposition::Unknown, disposition)
    };
    let course = match r.status.as_str() {
        "entered-in-error" => Course::Struck,
        "finished" => Course::Ended { disposition: disposition(), at: ended },
        "planned" => Course::Planned,
        "cancelled" => {
            let called_off = r.status_history.iter().rfind(|was| was.status == "cancelled");
            let at = called_off.and_then(|was| was.period.start).map(|t| t.earliest());
            Course::Cancelled { at: at.or(period.end.map(|t| t.latest())) }
        }
        // The source lost track of it: a period that is over says more.
        "unknown" => Course::Ended { disposition: Disposition::Unknown, at: ended },
        _ => Course::Open,
    };
    let admission = Admission {
        identifiers: identifiers(&r.identifier),
        types: concepts(&r.r#type),
        reasons: concepts(&r.reason_code),
        provider: r.service_provider.as_ref().and_then(|p| held(p, reading.references)),
        admit_source: r.hospitalization.as_ref().and_then(|h| h.admit_source.as_ref()).map(CodeableConcept::to_domain),
        ..Admission::of(class(&r.class), begins)
    };
    // Nothing of its course lies before its beginning, after its end, or in the future.
    let until = ended.unwrap_or(reading.now).min(reading.now);
    let within = (begins, until.max(begins));
    let told = encounter_course::Told {
        status: &r.status,
        statuses: &r.status_history,
        class: admission.class,
        classes: &r.class_history,
        locations: &r.location,
    };
    let (first, steps, admission) = told.course(admission, within);
    let first = match first {
        EncounterEvent::PatientAdmitted { admission, .. } if expected => EncounterEvent::EncounterPlanned { admission },
        first => first,
    };
    let steps = if expected { vec![] } else { steps };
    let diagnoses = encounter_course::diagnoses(&r.diagnosis, reading);
    Ok(Some(EncounterSaid { admission, first, steps, diagnoses, times, course }))
}

/// HL7 v3 ActEncounterCode.
pub(super) fn class(class: &Coding) -> EncounterClass {
    match class.code.as_deref().unwrap_or("") {
        "AMB" => EncounterClass::Ambulatory,
        "EMER" => EncounterClass::Emergency,
        "IMP" | "ACUTE" | "NONAC" | "PRENC" => EncounterClass::Inpatient,
        "OBSENC" | "SS" => EncounterClass::Observation,
        "HH" => EncounterClass::Home,
        "VR" => EncounterClass::Virtual,
        _ => EncounterClass::Other,
    }
}

/// HL7 discharge-disposition.
fn disposition(concept: &CodeableConcept) -> Disposition {
    match concept.first_code().unwrap_or("") {
        "home" => Disposition::Home,
        "alt-home" | "oth" => Disposition::Oth,
        "other-hcf" => Disposition::OtherHcf,
        "hosp" => Disposition::Hosp,
        "long" => Disposition::Long,
        "aadvice" => Disposition::Aadvice,
        "exp" => Disposition::Exp,
        "psy" => Disposition::Psy,
        "rehab" => Disposition::Rehab,
        "snf" => Disposition::Snf,
        "" => Disposition::Unknown,
        _ => Disposition::Oth,
    }
}

impl EncounterSaid {
    /// The events that bring `state` to it.
    pub(super) fn decide(&self, state: &Encounter, import: &Import) -> Result<Vec<Dated>, Refused> {
        let mut taking = Taking::from(state);
        match state {
            Encounter::NotAdmitted => {
                // The domain's word on whether it may begin; the event itself says how it began. What is planned may
                // begin whenever its source says.
                if !self.is_expected() {
                    state.admit(self.admission.clone(), import.now).map_err(refused)?;
                }
                taking.take(vec![self.first.clone()], self.times);
                for step in &self.steps {
                    taking.take(vec![step.event.clone()], self.times.then(Some(step.at), import.now));
                }
            }
            // It was planned, and has begun since: a source that is behind does not change what was done here.
            Encounter::Admitted { .. } | Encounter::Discharged { .. } if self.course == Course::Planned => {
                return Ok(vec![]);
            }
            Encounter::Planned { visit } | Encounter::Admitted { visit, .. } | Encounter::Discharged { visit, .. } => {
                // A bed of the house was given to it here; where it lies is not the source's to say.
                let said = match visit.admission.place().filter(|place| place.bed_id.is_some()) {
                    Some(place) => self.admission.clone().at(place),
                    None => self.admission.clone(),
                };
                let amended = (visit.admission != said)
                    .then(|| EncounterEvent::AdmissionAmended { admission: Box::new(said.clone()) });
                let begun = matches!(state, Encounter::Planned { .. }).then(|| self.begun()).flatten();
                match begun {
                    // Whoever was expected has come since.
                    Some(begun) => {
                        taking.take(vec![begun], self.times.then(Some(said.started_at), import.now));
                        taking.take(amended.into_iter().collect(), self.times.then(None, import.now));
                        for step in &self.steps {
                            taking.take(vec![step.event.clone()], self.times.then(Some(step.at), import.now));
                        }
                    }
                    None => taking.take(amended.into_iter().collect(), import.correction(self.times)),
                }
            }
            Encounter::Cancelled { .. } if matches!(self.course, Course::Cancelled { .. }) => return Ok(vec![]),
            Encounter::Cancelled { .. } => return Err(refused(EncounterError::NotNow("cancelled"))),
            Encounter::EnteredInError { visit } => {
                let same = visit.admission == self.admission && self.course == Course::Struck;
                return if same { Ok(vec![]) } else { Err(refused(EncounterError::EnteredInError)) };
            }
        }
        match (&self.course, &taking.state) {
            (Course::Ended { disposition, at }, Encounter::Planned { .. } | Encounter::Admitted { .. }) => {
                let times = self.times.then(*at, import.now);
                let events = match at {
                    Some(at) => taking.state.discharge(*disposition, *at).map_err(refused)?,
                    // The source says that it is over and not when.
                    None => vec![EncounterEvent::PatientDischarged { disposition: *disposition, at: None }],
                };
                self.diagnosed(&mut taking, import);
                taking.take(events, times);
            }
            (Course::Ended { at: Some(at), .. }, Encounter::Discharged { at: was, .. }) if *was != Some(*at) => {
                let corrected = EncounterEvent::PatientDischarged { disposition: self.disposition(), at: Some(*at) };
                self.diagnosed(&mut taking, import);
                taking.take(vec![corrected], import.correction(self.times.then(Some(*at), import.now)));
            }
            (Course::Cancelled { at }, Encounter::Planned { .. } | Encounter::Admitted { .. }) => {
                let times = if taking.events.is_empty() { import.correction(self.times) } else { self.times };
                let reason = remark("called off at its source")?;
                // Where the source does not say when, it was when it should have begun.
                let at = at.unwrap_or(self.admission.started_at);
                taking.take(taking.state.cancel(reason, at).map_err(refused)?, times);
            }
            (Course::Struck, _) => {
                let reason = remark("marked as entered in error by its source")?;
                let struck = EncounterEvent::EncounterEnteredInError { reason };
                let times = if taking.events.is_empty() { import.correction(self.times) } else { self.times };
                taking.take(vec![struck], times);
            }
            (Course::Cancelled { .. }, _) => return Err(refused(EncounterError::NotNow(taking.state.status()))),
            (Course::Planned, _) => {}
            (Course::Open | Course::Ended { .. }, _) => self.diagnosed(&mut taking, import),
        }
        Ok(taking.events)
    }

    /// Whether nobody came, as far as it says.
    fn is_expected(&self) -> bool {
        matches!(self.first, EncounterEvent::EncounterPlanned { .. })
    }

    /// How a visit that was planned began, where it says that it did.
    fn begun(&self) -> Option<EncounterEvent> {
        match &self.first {
            EncounterEvent::PatientAdmitted { admission, stage: Stage::Arrived, .. } => {
                Some(EncounterEvent::PatientArrived { at: admission.started_at })
            }
            EncounterEvent::PatientAdmitted { admission, .. } => {
                Some(EncounterEvent::EncounterStarted { at: admission.started_at, overrides: vec![] })
            }
            _ => None,
        }
    }

    /// Lists the diagnoses that are not listed yet. Those that were made here stay.
    fn diagnosed(&self, taking: &mut Taking<Encounter>, import: &Import) {
        let fresh = taking.events.last().map(|last| last.times);
        for diagnosis in &self.diagnoses {
            let what = (diagnosis.problem, diagnosis.code.clone());
            // One that is listed already, or a visit that takes none, is no reason to refuse the rest.
            let Ok(events) = taking.state.list_diagnosis(what, diagnosis.used, None, true) else { continue };
            taking.take(events, fresh.unwrap_or_else(|| import.correction(self.times)));
        }
    }

    fn disposition(&self) -> Disposition {
        match self.course {
            Course::Ended { disposition, .. } => disposition,
            Course::Open | Course::Planned | Course::Cancelled { .. } | Course::Struck => Disposition::Unknown,
        }
    }
}

/// The domain's reason, without the time it may name.
fn refused(error: EncounterError) -> Refused {
    match error {
        EncounterError::BeforeAdmission(_) => Refused::at("period.end", "lies before the start"),
        EncounterError::InTheFuture => Refused::at("period.start", "lies in the future"),
        EncounterError::OutOfOrder(_) => Refused::at("period", "lies before what happened last"),
        other => Refused::at("", other.to_string()),
    }
}
