use healthcare_domain::{
    AnyState,
    observation::{Observation, ObservationCategory, ObservationRecord, ObservationValue},
};
use serde_json::json;

use super::{after, at, changed, fresh, said};

fn observation(id: &str) -> Observation {
    match fresh(&said(id)).1 {
        AnyState::Observation(ObservationRecord::Recorded { observation, .. }) => observation,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_result_keeps_its_digits_its_range_and_both_times() {
    let (events, _) = fresh(&said("o-lab"));
    assert_eq!(events[0].times.occurred_at, at("2024-03-01T04:30:00Z"));
    assert_eq!(events[0].times.known_at, at("2024-03-01T07:00:00.250Z"));
    let o = observation("o-lab");
    assert_eq!(o.category, ObservationCategory::Laboratory);
    assert_eq!(o.reference_range.as_deref(), Some("3.5 – 5.1 mmol/L"));
    let precise = changed("o-lab", |o| o["valueQuantity"]["value"] = serde_json::from_str("5.25").unwrap());
    let (events, _) = after(&precise, &fresh(&said("o-lab")).1);
    assert_eq!(events[0].event.kind(), "observation.amended");
}

#[test]
fn blood_pressure_comes_in_parts_and_an_absent_part_says_why() {
    let o = observation("o-bp");
    assert_eq!(o.category, ObservationCategory::VitalSigns);
    let Some(ObservationValue::Quantity(systolic)) = &o.components[0].value else { panic!("no systolic") };
    assert_eq!((systolic.value.to_string(), systolic.unit.as_str()), ("138".into(), "mm[Hg]"));
    assert!(matches!(&o.components[1].value, Some(ObservationValue::Other(v)) if v.get("dataAbsentReason").is_some()));
}

#[test]
fn a_vital_sign_without_a_category_is_known_by_its_code() {
    let o = observation("o-hr");
    assert_eq!((o.category, o.effective_at), (ObservationCategory::VitalSigns, at("2024-03-01T10:05:00Z")));
}

#[test]
fn below_the_limit_of_detection_is_no_number() {
    assert_eq!(observation("o-below").value, Some(ObservationValue::Text("<0.01 ng/mL".into())));
}

#[test]
fn every_form_of_value_is_taken() {
    let value = |id: &str| observation(id).value;
    assert!(matches!(value("o-concept"), Some(ObservationValue::Concept(c)) if c.label() == "Never smoker"));
    assert_eq!(value("o-text"), Some(ObservationValue::Text("steady".into())));
    assert_eq!(value("o-flag"), Some(ObservationValue::Flag(false)));
    assert_eq!(value("o-integer"), Some(ObservationValue::Other(json!({ "valueInteger": 3 }))));
    assert!(matches!(value("o-range"), Some(ObservationValue::Other(v)) if v.get("valueRange").is_some()));
    assert!(matches!(value("o-ratio"), Some(ObservationValue::Other(v)) if v.get("valueRatio").is_some()));
}

#[test]
fn a_missing_value_says_why() {
    let o = observation("o-absent");
    assert_eq!((o.value, o.data_absent_reason.is_some()), (None, true));
}

#[test]
fn a_mistaken_result_is_struck_out() {
    let (_, state) = fresh(&said("o-error"));
    assert!(matches!(state, AnyState::Observation(ObservationRecord::EnteredInError(_))));
}
