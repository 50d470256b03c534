//! FHIR Immunization.

use healthcare_domain::entry::Immunization;
use serde::Deserialize;

use super::{
    Reading, Refused,
    datatypes::{CodeableConcept, Identifier, Meta, Reference, identifiers},
    date_time::FhirDateTime,
    parse::{one_of, resource},
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
    vaccine_code: CodeableConcept,
    encounter: Option<Reference>,
    occurrence_date_time: Option<FhirDateTime>,
    occurrence_string: Option<String>,
    recorded: Option<FhirDateTime>,
    primary_source: Option<bool>,
    lot_number: Option<String>,
}

/// Reads an Immunization.
///
/// # Errors
/// With the place and the reason, when it is not what FHIR R4 defines or names no vaccine.
pub fn read(raw: &str, reading: &Reading<'_>) -> Result<EntrySaid<Immunization>, Refused> {
    let r: Resource = resource(raw)?;
    one_of("status", &r.status, &["completed", "entered-in-error", "not-done"])?;
    let vaccine = r.vaccine_code.to_domain();
    if vaccine.is_empty() {
        return Err(Refused::at("vaccineCode", "a vaccine is named by a code or in words"));
    }
    let in_words = || r.occurrence_string.as_deref()?.parse::<FhirDateTime>().ok();
    let given_at = r.occurrence_date_time.or_else(in_words).map(|t| t.earliest());
    let content = Immunization {
        identifiers: identifiers(&r.identifier),
        vaccine,
        given_at,
        encounter: r.encounter.as_ref().and_then(|e| reading.references.encounter(e)),
        primary_source: r.primary_source,
        lot_number: r.lot_number,
        status: r.status,
    };
    let struck = content.status == "entered-in-error";
    let times = Moments { clinical: given_at, known: r.recorded, meta: &r.meta, now: reading.now }.times();
    Ok(EntrySaid::once(content, times, struck))
}
