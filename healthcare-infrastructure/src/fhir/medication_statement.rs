//! FHIR MedicationStatement.

use chrono::{DateTime, Utc};
use healthcare_domain::{
    by_name,
    medication::{OrderEnd, Prescription},
};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::{
    Reading, Refused,
    datatypes::{CodeableConcept, Identifier, Meta, Period, Reference, concepts, identifiers},
    date_time::FhirDateTime,
    dosage::{Dosage, as_needed, details, dose, first, frequency, further, route},
    medication_request::{Course, OrderSaid, UNKNOWN_MEDICATION, intake, named},
    parse::{one_of, resource},
    said::Moments,
};

/// FHIR R4, `medication-statement-status`.
pub(super) const STATED: [&str; 8] =
    ["active", "completed", "entered-in-error", "intended", "stopped", "on-hold", "unknown", "not-taken"];

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Statement<'a> {
    #[serde(default)]
    meta: Meta,
    #[serde(default, borrow)]
    contained: Vec<&'a RawValue>,
    #[serde(default)]
    identifier: Vec<Identifier>,
    #[serde(default)]
    based_on: Vec<Reference>,
    #[serde(default)]
    derived_from: Vec<Reference>,
    status: String,
    #[serde(default)]
    status_reason: Vec<CodeableConcept>,
    medication_codeable_concept: Option<CodeableConcept>,
    medication_reference: Option<Reference>,
    context: Option<Reference>,
    effective_date_time: Option<FhirDateTime>,
    effective_period: Option<Period>,
    date_asserted: Option<FhirDateTime>,
    #[serde(default)]
    reason_code: Vec<CodeableConcept>,
    #[serde(default)]
    dosage: Vec<Dosage>,
}

/// Reads a MedicationStatement: a drug that somebody says the patient takes or took. `None` where they say that it is not taken, and
/// for a statement about an order that is here itself and runs, which would count the drug twice.
///
/// # Errors
/// With the place and the reason, when it is not what FHIR R4 defines or names no drug.
pub fn read(raw: &str, reading: &Reading<'_>) -> Result<Option<OrderSaid>, Refused> {
    let r: Statement<'_> = resource(raw)?;
    one_of("status", &r.status, &STATED)?;
    let of_an_order = r.based_on.iter().chain(&r.derived_from).any(|of| {
        let kind = of.reference.as_deref().unwrap_or_default();
        let names_one = kind.contains("MedicationRequest/") || kind.starts_with("urn:uuid:");
        names_one && reading.references.is_running_order(of)
    });
    if r.status == "not-taken" || of_an_order {
        return Ok(None);
    }
    let period = r.effective_period.unwrap_or_default();
    let clinical = r.effective_date_time.or(period.start).map(|t| t.earliest());
    let times = Moments { clinical, known: r.date_asserted, meta: &r.meta, now: reading.now }.times();
    let begins = |at: DateTime<Utc>| period.start.is_none_or(|start| start.earliest() <= at);
    let over = period.end.map(|t| t.latest()).filter(|at| begins(*at) && *at <= reading.now);
    let ended = over.filter(|at| *at >= times.occurred_at);
    let why = || r.status_reason.first().map(|c| c.to_domain().label().to_owned()).filter(|w| !w.is_empty());
    let course = match r.status.as_str() {
        "stopped" => Course::Ended(OrderEnd::Stopped, ended, why()),
        "completed" => Course::Ended(OrderEnd::Completed, ended, why()),
        "entered-in-error" => Course::Struck,
        // What its source calls active was, until the end that it tells. What rests goes on after that end.
        "active" | "intended" | "unknown" if over.is_some() => Course::Ended(OrderEnd::Completed, ended, None),
        // What is intended may be taken any time.
        _ => Course::Active,
    };
    let found = named(r.medication_codeable_concept.as_ref(), r.medication_reference.as_ref(), &r.contained, reading)?;
    let dosage = first(&r.dosage);
    let prescription = Prescription {
        identifiers: identifiers(&r.identifier),
        medication: found.ok_or_else(|| Refused::at("medicationReference", UNKNOWN_MEDICATION))?,
        dose: dosage.and_then(dose),
        route: dosage.and_then(route),
        frequency: dosage.and_then(frequency),
        as_needed: dosage.is_some_and(as_needed),
        reasons: concepts(&r.reason_code),
        authored_at: times.occurred_at,
        // Who tells of it did not order it.
        prescriber: None,
        encounter: r.context.as_ref().and_then(|e| reading.references.encounter(e)),
        taking: intake(&r.status),
        further: further(&r.dosage),
        details: details(&r.dosage),
        reported: true,
    };
    Ok(Some(OrderSaid { prescription, times, course }))
}

/// When the period ends in which a statement says that a drug is taken.
pub fn period_end(raw: &str) -> Option<DateTime<Utc>> {
    #[derive(Deserialize, Default)]
    #[serde(default, rename_all = "camelCase")]
    struct Taken {
        resource_type: String,
        effective_period: Option<Period>,
    }
    let taken: Taken = by_name::from_str(raw).ok()?;
    let period = taken.effective_period.filter(|_| taken.resource_type == "MedicationStatement")?;
    period.end.map(|end| end.latest())
}
