//! FHIR Observation.

use healthcare_domain::{
    code::LOINC,
    observation::{Component, Observation, ObservationCategory, ObservationError, ObservationRecord, ObservationValue},
};
use serde::Deserialize;
use serde_json::{Value, json, value::RawValue};

use super::{
    Reading, Refused,
    datatypes::{CodeableConcept, Identifier, Meta, Period, Quantity, Reference, concepts, identifiers},
    date_time::FhirDateTime,
    observation_value::{self, ValueElements},
    parse::{one_of, resource},
    said::{Dated, Import, Moments, Taking, Times, remark},
};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Resource<'a> {
    #[serde(default)]
    meta: Meta,
    #[serde(default)]
    identifier: Vec<Identifier>,
    status: String,
    #[serde(default)]
    category: Vec<CodeableConcept>,
    code: CodeableConcept,
    encounter: Option<Reference>,
    effective_date_time: Option<FhirDateTime>,
    effective_instant: Option<FhirDateTime>,
    effective_period: Option<Period>,
    effective_timing: Option<Timing>,
    issued: Option<FhirDateTime>,
    data_absent_reason: Option<CodeableConcept>,
    #[serde(default)]
    interpretation: Vec<CodeableConcept>,
    #[serde(default)]
    reference_range: Vec<ReferenceRange>,
    #[serde(default)]
    has_member: Vec<Value>,
    #[serde(default, borrow)]
    component: Vec<&'a RawValue>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ComponentElement {
    code: CodeableConcept,
    data_absent_reason: Option<CodeableConcept>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Timing {
    event: Vec<FhirDateTime>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct ReferenceRange {
    low: Option<Quantity>,
    high: Option<Quantity>,
    text: Option<String>,
}

/// What an Observation resource says.
#[derive(Debug, Clone, PartialEq)]
pub struct ObservationSaid {
    /// The observation.
    pub observation: Observation,
    /// Its times.
    pub times: Times,
    /// Whether the source marked it as entered in error.
    pub struck: bool,
}

const STATUSES: [&str; 8] =
    ["registered", "preliminary", "final", "amended", "corrected", "cancelled", "entered-in-error", "unknown"];

/// LOINC codes that are vital signs also where the source gives no category (FHIR R4, Vital Signs profile).
const VITAL_SIGNS: [&str; 20] = [
    "85353-1", "9279-1", "8867-4", "2708-6", "59408-5", "8310-5", "8302-2", "9843-4", "29463-7", "39156-5", "85354-9",
    "55284-4", "8480-6", "8462-4", "8306-3", "8287-5", "19891-1", "80288-4", "3151-8", "3150-6",
];

/// Reads an Observation. `None` when nothing tells its time, or it says nothing: the chart has no place for it.
///
/// # Errors
/// With the place and the reason, when it is not what FHIR R4 defines.
pub fn read(raw: &str, reading: &Reading<'_>) -> Result<Option<ObservationSaid>, Refused> {
    let r: Resource<'_> = resource(raw)?;
    one_of("status", &r.status, &STATUSES)?;
    let timed = || r.effective_timing.as_ref()?.event.first().copied();
    let effective = r.effective_date_time.or(r.effective_instant).or_else(|| r.effective_period?.start).or_else(timed);
    let effective = effective.or_else(|| r.effective_period?.end);
    if effective.or(r.issued).or(r.meta.last_updated).is_none() {
        return Ok(None);
    }
    let clinical = effective.map(|t| t.earliest());
    let times = Moments { clinical, known: r.issued, meta: &r.meta, now: reading.now }.times();
    let components = r.component.iter().enumerate().map(|(n, c)| component(n, c)).collect::<Result<Vec<_>, _>>()?;
    let value = observation_value::read(&resource::<ValueElements>(raw)?)?;
    // A panel says what it says by its members.
    let members = || (!r.has_member.is_empty()).then(|| ObservationValue::Other(json!({ "hasMember": r.has_member })));
    let observation = Observation {
        identifiers: identifiers(&r.identifier),
        category: category(&r),
        code: r.code.to_domain(),
        value: value.or_else(members),
        components,
        data_absent_reason: r.data_absent_reason.map(|c| c.to_domain()).filter(|c| !c.is_empty()),
        interpretation: concepts(&r.interpretation),
        reference_range: reference_range(&r.reference_range),
        status: r.status.clone(),
        effective_at: times.occurred_at,
        issued_at: r.issued.map(|t| t.earliest()),
        encounter: r.encounter.as_ref().and_then(|e| reading.references.encounter(e)),
    };
    let says =
        observation.value.is_some() || !observation.components.is_empty() || observation.data_absent_reason.is_some();
    Ok(says.then(|| ObservationSaid { observation, times, struck: r.status == "entered-in-error" }))
}

fn component(n: usize, raw: &RawValue) -> Result<Component, Refused> {
    let inside = |r: Refused| Refused::at(format!("component[{n}].{}", r.place), r.reason);
    let element: ComponentElement = resource(raw.get()).map_err(inside)?;
    let value = observation_value::read(&resource::<ValueElements>(raw.get()).map_err(inside)?).map_err(inside)?;
    // A component has no field of its own for it: the reason takes the value's place, told apart by its key.
    let absent = || {
        Some(ObservationValue::Other(json!({ "dataAbsentReason": element.data_absent_reason.as_ref()?.to_domain() })))
    };
    Ok(Component { code: element.code.to_domain(), value: value.or_else(absent) })
}

/// By the source's category, else by the code.
fn category(r: &Resource<'_>) -> ObservationCategory {
    let has = |code: &str| r.category.iter().any(|c| c.has(code));
    let vital = |c: &super::datatypes::Coding| {
        c.system.as_deref() == Some(LOINC) && c.code.as_deref().is_some_and(|code| VITAL_SIGNS.contains(&code))
    };
    if has("vital-signs") || (r.category.is_empty() && r.code.coding.iter().any(vital)) {
        ObservationCategory::VitalSigns
    } else if has("laboratory") || has("LAB") {
        ObservationCategory::Laboratory
    } else if has("social-history") {
        ObservationCategory::SocialHistory
    } else {
        ObservationCategory::Other
    }
}

fn reference_range(ranges: &[ReferenceRange]) -> Option<String> {
    let range = ranges.first()?;
    if let Some(text) = range.text.clone().filter(|t| !t.trim().is_empty()) {
        return Some(text);
    }
    match (range.low.as_ref().and_then(Quantity::to_domain), range.high.as_ref().and_then(Quantity::to_domain)) {
        (Some(low), Some(high)) => Some(format!("{} – {} {}", low.value, high.value, high.unit)),
        (Some(low), None) => Some(format!("≥ {} {}", low.value, low.unit)),
        (None, Some(high)) => Some(format!("≤ {} {}", high.value, high.unit)),
        (None, None) => None,
    }
}

impl ObservationSaid {
    /// The events that bring `state` to it.
    pub(super) fn decide(&self, state: &ObservationRecord, import: &Import) -> Result<Vec<Dated>, Refused> {
        let mut taking = Taking::from(state);
        let fresh = *state == ObservationRecord::Unrecorded;
        let times = if fresh { self.times } else { import.correction(self.times) };
        match state {
            ObservationRecord::Unrecorded => {
                let events = state.record(self.observation.clone(), true, import.now);
                taking.take(events.map_err(refused)?, times);
            }
            ObservationRecord::EnteredInError(held) if self.struck && *held == self.observation => return Ok(vec![]),
            ObservationRecord::Recorded { .. } | ObservationRecord::EnteredInError(_) => {
                taking.take(state.amend(self.observation.clone()).map_err(refused)?, times);
            }
        }
        if self.struck {
            let reason = remark("marked as entered in error by its source")?;
            taking.take(taking.state.enter_in_error(reason).map_err(refused)?, times);
        }
        Ok(taking.events)
    }
}

fn refused(error: ObservationError) -> Refused {
    let place = match error {
        ObservationError::Unnamed | ObservationError::VitalSign(_) => "code",
        ObservationError::NoValue => "value[x]",
        ObservationError::InTheFuture | ObservationError::BeforeBirth => "effective[x]",
        ObservationError::Unrecorded | ObservationError::AlreadyRecorded | ObservationError::EnteredInError => "",
    };
    Refused::at(place, error.to_string())
}
