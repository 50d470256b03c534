//! FHIR Procedure.

use healthcare_domain::entry::Procedure;
use serde::Deserialize;

use super::{
    Reading, Refused,
    datatypes::{CodeableConcept, Identifier, Meta, Period, Reference, concepts, identifiers},
    date_time::FhirDateTime,
    family_member_history::{Annotation, note},
    parse::{one_of, resource},
    reference::held,
    said::{EntrySaid, Moments},
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
    code: CodeableConcept,
    encounter: Option<Reference>,
    performed_date_time: Option<FhirDateTime>,
    performed_period: Option<Period>,
    performed_string: Option<String>,
    #[serde(default)]
    performer: Vec<Performer>,
    #[serde(default)]
    reason_code: Vec<CodeableConcept>,
    status_reason: Option<CodeableConcept>,
    #[serde(default)]
    body_site: Vec<CodeableConcept>,
    outcome: Option<CodeableConcept>,
    #[serde(default)]
    complication: Vec<CodeableConcept>,
    #[serde(default)]
    note: Vec<Annotation>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Performer {
    actor: Reference,
}

pub(super) const EVENT_STATUSES: [&str; 8] =
    ["preparation", "in-progress", "not-done", "on-hold", "stopped", "completed", "entered-in-error", "unknown"];

/// Reads a Procedure. What was done is known when it is over.
///
/// # Errors
/// With the place and the reason, when it is not what FHIR R4 defines or names nothing.
pub fn read(raw: &str, reading: &Reading<'_>) -> Result<EntrySaid<Procedure>, Refused> {
    let r: Resource = resource(raw)?;
    one_of("status", &r.status, &EVENT_STATUSES)?;
    let code = r.code.to_domain();
    if code.is_empty() {
        return Err(Refused::at("code", "a procedure is named by a code or in words"));
    }
    let in_words = || r.performed_string.as_deref()?.parse::<FhirDateTime>().ok();
    let period = r.performed_period.unwrap_or_default();
    let started = r.performed_date_time.or(period.start).or_else(in_words).map(|t| t.earliest());
    let ended = period.end.map(|t| t.latest());
    let begun = Moments { clinical: started.or(ended), known: None, meta: &r.meta, now: reading.now }.times();
    let times = super::Times { known_at: ended.unwrap_or(begun.known_at).min(reading.now), ..begun };
    let content = Procedure {
        identifiers: identifiers(&r.identifier),
        code,
        started_at: started,
        ended_at: ended,
        encounter: r.encounter.as_ref().and_then(|e| reading.references.encounter(e)),
        reasons: concepts(&r.reason_code),
        performers: r.performer.iter().filter_map(|p| held(&p.actor, reading.references)).collect(),
        status: r.status,
        status_reason: r.status_reason.as_ref().map(CodeableConcept::to_domain).filter(|c| !c.is_empty()),
        body_sites: concepts(&r.body_site),
        outcome: r.outcome.as_ref().map(CodeableConcept::to_domain).filter(|c| !c.is_empty()),
        complications: concepts(&r.complication),
        note: note(&r.note),
    };
    let struck = content.status == "entered-in-error";
    Ok(EntrySaid::once(content, times, struck))
}
