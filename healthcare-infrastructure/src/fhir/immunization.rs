//! FHIR Immunization.

use healthcare_domain::{entry::Immunization, partial_date::PartialDate};
use serde::Deserialize;

use super::{
    Reading, Refused,
    datatypes::{CodeableConcept, Identifier, Meta, Quantity, Reference, identifiers},
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
    vaccine_code: CodeableConcept,
    encounter: Option<Reference>,
    occurrence_date_time: Option<FhirDateTime>,
    occurrence_string: Option<String>,
    recorded: Option<FhirDateTime>,
    primary_source: Option<bool>,
    lot_number: Option<String>,
    expiration_date: Option<PartialDate>,
    manufacturer: Option<Reference>,
    status_reason: Option<CodeableConcept>,
    site: Option<CodeableConcept>,
    route: Option<CodeableConcept>,
    dose_quantity: Option<Quantity>,
    #[serde(default)]
    performer: Vec<Performer>,
    #[serde(default)]
    protocol_applied: Vec<Protocol>,
    #[serde(default)]
    note: Vec<Annotation>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Performer {
    actor: Reference,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Protocol {
    dose_number_positive_int: Option<u16>,
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
        // A lot may be used until its last day; a month or a year alone does not say which that is.
        expires_on: r.expiration_date.and_then(|date| if let PartialDate::Day(day) = date { Some(day) } else { None }),
        manufacturer: r.manufacturer.and_then(|of| of.display),
        status_reason: r.status_reason.as_ref().map(CodeableConcept::to_domain).filter(|c| !c.is_empty()),
        dose_number: r.protocol_applied.iter().find_map(|one| one.dose_number_positive_int),
        dose: r.dose_quantity.as_ref().and_then(Quantity::to_domain),
        site: r.site.as_ref().map(CodeableConcept::to_domain).filter(|c| !c.is_empty()),
        route: r.route.as_ref().map(CodeableConcept::to_domain).filter(|c| !c.is_empty()),
        performers: r.performer.iter().filter_map(|p| held(&p.actor, reading.references)).collect(),
        note: note(&r.note),
    };
    let struck = content.status == "entered-in-error";
    let times = Moments { clinical: given_at, known: r.recorded, meta: &r.meta, now: reading.now }.times();
    Ok(EntrySaid::once(content, times, struck))
}
