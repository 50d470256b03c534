//! FHIR Goal.

use healthcare_domain::plan::{CareGoal, CareGoalTarget, Target};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{
    Reading, Refused,
    datatypes::{CodeableConcept, Identifier, Meta, Quantity, Range, Reference, concepts, identifiers},
    date_time::FhirDateTime,
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
    lifecycle_status: String,
    achievement_status: Option<CodeableConcept>,
    #[serde(default)]
    category: Vec<CodeableConcept>,
    description: CodeableConcept,
    start_date: Option<FhirDateTime>,
    status_date: Option<FhirDateTime>,
    #[serde(default)]
    target: Vec<Map<String, Value>>,
    #[serde(default)]
    addresses: Vec<Reference>,
}

/// The parts of a target that are understood.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Aimed {
    measure: Option<CodeableConcept>,
    detail_quantity: Option<Quantity>,
    detail_range: Option<Range>,
    due_date: Option<FhirDateTime>,
}

const STATUSES: [&str; 9] =
    ["proposed", "planned", "accepted", "active", "on-hold", "completed", "cancelled", "entered-in-error", "rejected"];

/// Reads a Goal.
///
/// # Errors
/// With the place and the reason, when it is not what FHIR R4 defines or names nothing.
pub fn read(raw: &str, reading: &Reading<'_>) -> Result<EntrySaid<CareGoal>, Refused> {
    let r: Resource = resource(raw)?;
    one_of("lifecycleStatus", &r.lifecycle_status, &STATUSES)?;
    let description = r.description.to_domain();
    if description.is_empty() {
        return Err(Refused::at("description", "a goal is described by a code or in words"));
    }
    let started_at = r.start_date.map(|t| t.earliest());
    let times = Moments { clinical: started_at, known: r.status_date, meta: &r.meta, now: reading.now }.times();
    let content = CareGoal {
        identifiers: identifiers(&r.identifier),
        achievement: r.achievement_status.map(|c| c.to_domain()).filter(|c| !c.is_empty()),
        categories: concepts(&r.category),
        description,
        started_on: started_at.map(|at| at.date_naive()),
        targets: r.target.into_iter().enumerate().map(target).collect::<Result<_, _>>()?,
        addresses: r.addresses.iter().filter_map(|a| held(a, reading.references)).collect(),
        status: r.lifecycle_status,
    };
    let struck = content.status == "entered-in-error";
    Ok(EntrySaid::once(content, times, struck))
}

/// A target as the record holds it: a number, a range, or whatever else it is, as it came.
fn target((n, of): (usize, Map<String, Value>)) -> Result<CareGoalTarget, Refused> {
    let at = |reason: String| Refused::at(format!("target[{n}]"), reason);
    let text = Value::Object(of.clone()).to_string();
    let aimed: Aimed = resource(&text).map_err(|refused| at(refused.to_string()))?;
    let range = aimed.detail_range.map(|range| Target::Range {
        low: range.low.and_then(|low| low.to_domain()),
        high: range.high.and_then(|high| high.to_domain()),
    });
    let bounded = |quantity: &Quantity| {
        let bound = Quantity { comparator: None, ..quantity.clone() }.to_domain()?;
        match quantity.comparator.as_deref() {
            None => Some(Target::Value(bound)),
            // The record's bounds are included; what lies strictly beyond is kept as it came.
            Some("<=") => Some(Target::Range { low: None, high: Some(bound) }),
            Some(">=") => Some(Target::Range { low: Some(bound), high: None }),
            Some(_) => None,
        }
    };
    let understood = range.or_else(|| aimed.detail_quantity.as_ref().and_then(bounded));
    let detail = of.into_iter().find(|(name, _)| name.starts_with("detail"));
    Ok(CareGoalTarget {
        measure: aimed.measure.map(|c| c.to_domain()).filter(|c| !c.is_empty()),
        other: if understood.is_some() { None } else { detail.map(|(name, value)| json!({ name: value })) },
        target: understood,
        due: aimed.due_date.map(|t| t.latest().date_naive()),
    })
}
