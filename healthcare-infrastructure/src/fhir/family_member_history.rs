//! FHIR FamilyMemberHistory.

use healthcare_domain::{
    entry::{FamilyCondition, FamilyHistory, FamilyHistoryStatus},
    partial_date::PartialDate,
    text::Remark,
};
use rust_decimal::prelude::ToPrimitive;
use serde::Deserialize;

use super::{
    Reading, Refused,
    datatypes::{CodeableConcept, Identifier, Meta, Quantity, identifiers},
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
    date: Option<FhirDateTime>,
    #[serde(default)]
    relationship: CodeableConcept,
    sex: Option<CodeableConcept>,
    born_date: Option<PartialDate>,
    deceased_boolean: Option<bool>,
    deceased_age: Option<Quantity>,
    deceased_date: Option<PartialDate>,
    #[serde(default)]
    note: Vec<Annotation>,
    #[serde(default)]
    condition: Vec<ConditionElement>,
}

/// FHIR `Annotation`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Annotation {
    pub text: String,
}

/// Several remarks as one.
pub(super) fn note(of: &[Annotation]) -> Option<String> {
    let texts: Vec<&str> = of.iter().map(|one| one.text.trim()).filter(|text| !text.is_empty()).collect();
    (!texts.is_empty()).then(|| texts.join("\n"))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct ConditionElement {
    code: CodeableConcept,
    outcome: Option<CodeableConcept>,
    contributed_to_death: Option<bool>,
    onset_age: Option<Quantity>,
    note: Vec<Annotation>,
}

/// Reads a FamilyMemberHistory. `None` when it names no relative, or says more of one than the record can hold: it is kept
/// whole then.
///
/// # Errors
/// With the place and the reason, when it is not what FHIR R4 defines.
pub fn read(raw: &str, reading: &Reading<'_>) -> Result<Option<EntrySaid<FamilyHistory>>, Refused> {
    let r: Resource = resource(raw)?;
    one_of("status", &r.status, &["partial", "completed", "entered-in-error", "health-unknown"])?;
    let relationship = r.relationship.to_domain();
    if relationship.is_empty() || r.condition.iter().any(|one| one.code.to_domain().is_empty()) {
        return Ok(None);
    }
    let (Ok(note), Ok(conditions)) = (remarked(&r.note), r.condition.iter().map(condition).collect::<Result<_, _>>())
    else {
        return Ok(None);
    };
    let told = r.date.map(|t| t.earliest());
    let dead = r.deceased_age.is_some() || r.deceased_date.is_some();
    let history = FamilyHistory {
        identifiers: identifiers(&r.identifier),
        relationship,
        status: match r.status.as_str() {
            "completed" => FamilyHistoryStatus::Completed,
            "health-unknown" => FamilyHistoryStatus::HealthUnknown,
            _ => FamilyHistoryStatus::Partial,
        },
        sex: r.sex.as_ref().and_then(CodeableConcept::first_code).map(str::to_owned),
        born: r.born_date,
        deceased: r.deceased_boolean.or(dead.then_some(true)),
        deceased_age: r.deceased_age.as_ref().and_then(years),
        conditions,
        recorded_at: told,
        note,
    };
    let times = Moments { clinical: told, known: r.date, meta: &r.meta, now: reading.now }.times();
    Ok(Some(EntrySaid::once(history, times, r.status == "entered-in-error")))
}

fn condition(of: &ConditionElement) -> Result<FamilyCondition, healthcare_domain::text::NotARemark> {
    Ok(FamilyCondition {
        code: of.code.to_domain(),
        onset_age: of.onset_age.as_ref().and_then(years),
        outcome: of.outcome.as_ref().map(CodeableConcept::to_domain).filter(|outcome| !outcome.is_empty()),
        contributed_to_death: of.contributed_to_death,
        note: remarked(&of.note)?,
    })
}

fn remarked(of: &[Annotation]) -> Result<Option<Remark>, healthcare_domain::text::NotARemark> {
    note(of).map(Remark::try_from).transpose()
}

/// Whole years of an age that is told in years.
fn years(age: &Quantity) -> Option<u16> {
    let amount = age.to_domain()?;
    matches!(amount.unit.as_str(), "a" | "year" | "years").then(|| amount.value.trunc().to_u16())?
}
