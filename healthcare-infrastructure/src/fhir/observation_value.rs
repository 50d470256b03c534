//! FHIR Observation.value[x]: eleven types, of which a resource carries at most one.

use healthcare_domain::observation::ObservationValue;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    Refused,
    datatypes::{CodeableConcept, Quantity},
    date_time::FhirDateTime,
};

/// All elements a value may stand in.
#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
pub struct ValueElements {
    value_quantity: Option<Quantity>,
    value_codeable_concept: Option<CodeableConcept>,
    value_string: Option<String>,
    value_boolean: Option<bool>,
    value_integer: Option<i64>,
    value_range: Option<Value>,
    value_ratio: Option<Value>,
    value_sampled_data: Option<Value>,
    value_time: Option<String>,
    value_date_time: Option<FhirDateTime>,
    value_period: Option<Value>,
}

/// The value, if there is one.
///
/// # Errors
/// When a quantity has no number: it says nothing.
pub fn read(e: &ValueElements) -> Result<Option<ObservationValue>, Refused> {
    if let Some(quantity) = &e.value_quantity {
        return match (quantity.to_domain(), quantity.to_words()) {
            (Some(amount), _) => Ok(Some(ObservationValue::Quantity(amount))),
            // `<0.01` is not 0.01: it is kept in words rather than made exact.
            (None, Some(words)) => Ok(Some(ObservationValue::Text(words))),
            (None, None) => Err(Refused::at("valueQuantity.value", "a quantity has a value")),
        };
    }
    if let Some(concept) = e.value_codeable_concept.as_ref().map(CodeableConcept::to_domain).filter(|c| !c.is_empty()) {
        return Ok(Some(ObservationValue::Concept(concept)));
    }
    if let Some(text) = e.value_string.clone().filter(|t| !t.trim().is_empty()) {
        return Ok(Some(ObservationValue::Text(text)));
    }
    if let Some(flag) = e.value_boolean {
        return Ok(Some(ObservationValue::Flag(flag)));
    }
    let others = [
        ("valueInteger", e.value_integer.map(Value::from)),
        ("valueRange", e.value_range.clone()),
        ("valueRatio", e.value_ratio.clone()),
        ("valueSampledData", e.value_sampled_data.clone()),
        ("valueTime", e.value_time.clone().map(Value::from)),
        ("valueDateTime", e.value_date_time.map(|t| Value::from(t.earliest().to_rfc3339()))),
        ("valuePeriod", e.value_period.clone()),
    ];
    Ok(others.into_iter().find_map(|(name, value)| Some(ObservationValue::Other(json!({ name: value? })))))
}
