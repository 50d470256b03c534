//! FHIR Consent.

use chrono::{DateTime, Utc};
use healthcare_domain::{
    consent::{Consent, ConsentContent, ConsentError, Decision, Giver},
    text::Remark,
};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::{
    Reading, Refused,
    datatypes::{CodeableConcept, HumanName, Identifier, Meta, Period, Reference, concepts, identifiers},
    date_time::FhirDateTime,
    parse::{one_of, resource},
    said::{Dated, Import, Moments, Taking, Times, remark},
};

/// FHIR R4 consent-state-codes.
const STATUSES: [&str; 6] = ["draft", "proposed", "active", "rejected", "inactive", "entered-in-error"];

/// What narrows a provision: without it, it would say more than the patient did.
const NARROWING: [&str; 9] =
    ["actor", "action", "securityLabel", "purpose", "class", "code", "dataPeriod", "data", "provision"];

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Resource {
    #[serde(default)]
    meta: Meta,
    #[serde(default)]
    contained: Vec<Contained>,
    #[serde(default)]
    identifier: Vec<Identifier>,
    status: String,
    #[serde(default)]
    scope: CodeableConcept,
    #[serde(default)]
    category: Vec<CodeableConcept>,
    date_time: Option<FhirDateTime>,
    #[serde(default)]
    performer: Vec<Reference>,
    #[serde(default)]
    provision: Provision,
    #[serde(default)]
    extension: Vec<Extension>,
}

/// Where we write since when a consent does not hold, and why: FHIR R4 has no element for either.
pub const WITHDRAWN: &str = "urn:healthcare-platform:fhir:consent-withdrawn";

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Extension {
    url: String,
    extension: Vec<Extension>,
    value_date_time: Option<FhirDateTime>,
    value_string: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Provision {
    #[serde(rename = "type")]
    kind: Option<String>,
    period: Option<Period>,
    #[serde(flatten)]
    more: Map<String, Value>,
}

/// Who is contained because they are known nowhere else.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Contained {
    id: String,
    relationship: Vec<CodeableConcept>,
    name: Vec<HumanName>,
}

/// How a consent stands at its source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stands {
    /// It holds.
    Active,
    /// It was taken back.
    Withdrawn,
    /// It never was.
    Struck,
}

/// What a Consent resource says.
#[derive(Debug, Clone, PartialEq)]
pub struct ConsentSaid {
    /// What was decided.
    pub content: ConsentContent,
    /// The times of its recording.
    pub times: Times,
    /// How it stands.
    pub stands: Stands,
    /// Since when it does not hold, if it does not.
    pub ended: DateTime<Utc>,
    /// Why, where its source says so.
    pub reason: Option<Remark>,
}

/// Reads a Consent. `None` when the record cannot say what it says: it was only proposed, leaves open whether something is
/// allowed, or allows a part of it.
///
/// # Errors
/// With the place and the reason, when it is not what FHIR R4 defines.
pub fn read(raw: &str, reading: &Reading<'_>) -> Result<Option<ConsentSaid>, Refused> {
    let r: Resource = resource(raw)?;
    one_of("status", &r.status, &STATUSES)?;
    let stands = match r.status.as_str() {
        "active" => Stands::Active,
        "inactive" => Stands::Withdrawn,
        "entered-in-error" => Stands::Struck,
        _ => return Ok(None),
    };
    let decision = match r.provision.kind.as_deref() {
        Some("permit") => Decision::Permit,
        Some("deny") => Decision::Deny,
        Some(_) => return Err(Refused::at("provision.type", "none of permit, deny")),
        None => return Ok(None),
    };
    if NARROWING.iter().any(|name| r.provision.more.contains_key(*name)) {
        return Ok(None);
    }
    let decided_at = match r.date_time {
        Some(FhirDateTime::Moment(at)) => Some(at),
        Some(FhirDateTime::Date(_)) | None => None,
    };
    let clinical = r.date_time.map(|t| t.earliest());
    let times = Moments { clinical, known: None, meta: &r.meta, now: reading.now }.times();
    let over = r.provision.period.and_then(|period| period.end).map(|end| end.latest());
    let touched = r.meta.last_updated.map(|t| t.earliest());
    let withdrawn =
        r.extension.iter().find(|one| one.url == WITHDRAWN).map(|one| &one.extension[..]).unwrap_or_default();
    let told = withdrawn.iter().find_map(|one| one.value_date_time).map(|at| at.earliest());
    let reason = withdrawn.iter().find_map(|one| one.value_string.clone()).and_then(|words| words.try_into().ok());
    let ended = told.or(over).or(touched).unwrap_or(reading.now).clamp(times.occurred_at.min(reading.now), reading.now);
    let content = ConsentContent {
        identifiers: identifiers(&r.identifier),
        scope: r.scope.to_domain(),
        categories: concepts(&r.category),
        decision,
        decided_on: r.date_time.map(|t| t.date()),
        decided_at,
        period: r.provision.period.and_then(Period::to_domain),
        given_by: giver(&r),
        recorded_by: None,
    };
    Ok(Some(ConsentSaid { content, times, stands, ended, reason }))
}

/// Who decided, where it was not the patient.
fn giver(r: &Resource) -> Option<Giver> {
    let performer = r.performer.first()?;
    let inside = performer.reference.as_deref().and_then(|reference| reference.strip_prefix('#'));
    if let Some(person) = inside.and_then(|id| r.contained.iter().find(|one| one.id == id)) {
        let name = person.name.iter().map(HumanName::spoken).find(|name| !name.is_empty());
        let relationship = concepts(&person.relationship).into_iter().next();
        return Some(Giver { name: name.or_else(|| performer.display.clone()), relationship });
    }
    let is_patient = performer.reference.as_deref().is_some_and(|reference| reference.contains("Patient/"))
        || performer.target.as_deref() == Some("Patient");
    let name = performer.display.clone().filter(|name| !is_patient && !name.trim().is_empty())?;
    Some(Giver { name: Some(name), relationship: None })
}

impl ConsentSaid {
    /// The events that bring `state` to it.
    pub(super) fn decide(&self, state: &Consent, import: &Import) -> Result<Vec<Dated>, Refused> {
        let mut taking = Taking::from(state);
        match state {
            Consent::Unrecorded => {
                let events = state.record(self.content.clone(), import.now).map_err(refused)?;
                taking.take(events, self.times);
            }
            Consent::EnteredInError(_) if self.stands == Stands::Struck => return Ok(vec![]),
            Consent::Active(known) | Consent::Withdrawn { content: known, .. } | Consent::EnteredInError(known) => {
                // Who of the house recorded it stays known.
                let content = ConsentContent { recorded_by: known.recorded_by, ..self.content.clone() };
                let events = state.amend(content, import.now).map_err(refused)?;
                taking.take(events, import.correction(self.times));
            }
        }
        let later = |at: DateTime<Utc>| self.times.then(Some(at), import.now);
        match (self.stands, &taking.state) {
            (Stands::Withdrawn, Consent::Active(_)) => {
                let reason = match &self.reason {
                    Some(reason) => reason.clone(),
                    None => remark("marked as inactive by its source")?,
                };
                let events = taking.state.withdraw(self.ended, reason, None, import.now).map_err(refused)?;
                taking.take(events, later(self.ended));
            }
            (Stands::Struck, Consent::Active(_) | Consent::Withdrawn { .. }) => {
                let reason = remark("marked as entered in error by its source")?;
                let events = taking.state.enter_in_error(reason).map_err(refused)?;
                taking.take(events, later(self.times.occurred_at));
            }
            _ => {}
        }
        Ok(taking.events)
    }
}

/// The domain's reason at its place.
fn refused(error: ConsentError) -> Refused {
    let place = match error {
        ConsentError::AboutNothing => "category",
        ConsentError::PeriodBackwards => "provision.period",
        ConsentError::InTheFuture => "dateTime",
        ConsentError::Unrecorded
        | ConsentError::AlreadyRecorded
        | ConsentError::NotActive
        | ConsentError::WithdrawnBeforeGiven => "",
    };
    Refused::at(place, error.to_string())
}
