use healthcare_domain::id::EncounterId;
use serde_json::{Value, json};
use uuid::Uuid;

use super::*;
use crate::fhir::Resolver;

struct Nobody;

impl Resolver for Nobody {
    fn encounter(&self, _: &Reference) -> Option<EncounterId> {
        None
    }
    fn stream(&self, _: &Reference) -> Option<Uuid> {
        None
    }
    fn is_running_order(&self, _: &Reference) -> bool {
        false
    }
    fn medication(&self, _: &Reference) -> Option<code::CodeableConcept> {
        None
    }
}

fn order(dosage: Value) -> Value {
    json!({
        "resourceType": "MedicationRequest", "status": "draft", "intent": "order", "subject": { "reference": "Patient/1" },
        "medicationCodeableConcept": { "text": "Oxycodone 5 MG Oral Tablet" }, "dosageInstruction": dosage,
    })
}

fn read(resource: &Value) -> Result<Ordered, Refused> {
    super::read(&resource.to_string(), &Reading { references: &Nobody, now: DateTime::UNIX_EPOCH })
}

fn dose_of(dosage: Value) -> (Option<String>, Option<String>) {
    let dose = read(&order(dosage)).unwrap().dose.unwrap_or_default();
    let times = dose.times_per_day.map(|times| times.round_dp(3).normalize().to_string());
    (dose.amount.map(|amount| format!("{} {}", amount.value.normalize(), amount.unit)), times)
}

fn one(repeat: Value, quantity: Value) -> Value {
    json!({ "timing": { "repeat": repeat }, "doseAndRate": [{ "doseQuantity": quantity }] })
}

#[test]
fn amount_and_frequency_are_read_in_every_form_that_fhir_has() {
    let tablet = json!({ "value": 1, "unit": "tablet", "code": "{tablet}", "system": "http://unitsofmeasure.org" });
    let every = |frequency: u32, period: f64, unit: &str| json!({ "frequency": frequency, "period": period, "periodUnit": unit });
    for (repeat, times) in [
        (every(6, 1.0, "d"), "6"),
        (every(1, 3.0, "d"), "0.333"),
        (every(1, 8.0, "h"), "3"),
        (every(2, 1.0, "wk"), "0.286"),
        (json!({ "frequency": 1, "frequencyMax": 2, "period": 6, "periodMax": 8, "periodUnit": "h" }), "8"),
        (json!({ "period": 1, "periodUnit": "d", "timeOfDay": ["08:00:00", "20:00:00"] }), "2"),
        (json!({ "when": ["MORN", "NOON", "EVE"] }), "3"),
    ] {
        let (amount, a_day) = dose_of(json!([one(repeat.clone(), tablet.clone())]));
        assert_eq!((amount.as_deref(), a_day.as_deref()), (Some("1 {tablet}"), Some(times)), "{repeat}");
    }
    let coded = json!([{ "timing": { "code": { "coding": [{ "code": "BID" }] } },
        "doseAndRate": [{ "doseRange": { "low": { "value": 5, "unit": "mg" }, "high": { "value": 10, "unit": "mg" } } }] }]);
    assert_eq!(dose_of(coded), (Some("10 mg".into()), Some("2".into())));
    let worded = json!([{ "text": "Take 1 tablet Oral every 4 hours as needed", "asNeededBoolean": true }]);
    assert_eq!(dose_of(worded), (Some("1 {tablet}".into()), Some("6".into())));
    let snomed = json!({ "value": 2, "unit": "Tablet", "code": "385055001", "system": "http://snomed.info/sct" });
    assert_eq!(dose_of(json!([one(every(1, 1.0, "d"), snomed)])).0.as_deref(), Some("2 {tablet}"));
    assert_eq!(dose_of(json!([])), (None, None));
}

#[test]
fn what_was_ordered_counts_rather_than_what_was_calculated() {
    let kind = |code: &str| json!({ "coding": [{ "code": code }] });
    let several = json!([{ "timing": { "repeat": { "frequency": 1, "period": 1, "periodUnit": "d" } }, "doseAndRate": [
        { "type": kind("calculated"), "doseQuantity": { "value": 7, "unit": "mg" } },
        { "type": kind("ordered"), "doseQuantity": { "value": 5, "unit": "mg" } },
    ] }]);
    assert_eq!(dose_of(several).0.as_deref(), Some("5 mg"));
}

#[test]
fn instructions_of_a_day_are_summed_and_of_steps_the_most_counts() {
    let daily =
        |mg: u32| one(json!({ "frequency": 1, "period": 1, "periodUnit": "d" }), json!({ "value": mg, "unit": "mg" }));
    assert_eq!(dose_of(json!([daily(10), daily(20)])), (Some("20 mg".into()), Some("1.5".into())));
    let step = |n: u32, mg: u32| {
        let mut step = daily(mg);
        step["sequence"] = json!(n);
        step
    };
    assert_eq!(dose_of(json!([step(1, 40), step(2, 20)])), (Some("40 mg".into()), Some("1".into())));
    let (tablets, mg) = (one(json!({}), json!({ "value": 1, "unit": "tablet" })), daily(5));
    let both = json!([tablets, mg]);
    assert_eq!(dose_of(both.clone()), (Some("5 mg".into()), Some("1".into())), "what is known is the least");
    assert!(read(&order(both)).unwrap().dose.unwrap().unread, "and there is more");
    let mut once = one(json!({}), json!({ "value": 1000, "unit": "mg" }));
    once["sequence"] = json!(2);
    let steps = read(&order(json!([step(1, 500), once]))).unwrap().dose.unwrap();
    assert!(steps.unread, "how often the larger dose is given is not told");
}

#[test]
fn a_limit_is_brought_to_a_day() {
    let most = json!([{ "maxDosePerPeriod": { "numerator": { "value": 2, "unit": "g" }, "denominator": { "value": 12, "code": "h" } } }]);
    let limit = read(&order(most)).unwrap().dose.unwrap().max_per_day.unwrap();
    assert_eq!((limit.value.normalize().to_string(), limit.unit), ("4".into(), "g".into()));
}

#[test]
fn what_fhir_requires_is_required_at_its_place() {
    for missing in ["status", "intent", "subject"] {
        let mut order = order(json!([]));
        order.as_object_mut().unwrap().remove(missing);
        assert!(read(&order).unwrap_err().reason.contains(missing), "{missing}");
    }
    for (path, value, place) in [
        ("/status", json!("drafted"), "status"),
        ("/intent", json!("wish"), "intent"),
        ("/medicationCodeableConcept", json!({}), "medication[x]"),
        ("/dosageInstruction", json!({}), "dosageInstruction"),
        ("/dosageInstruction", json!([{ "doseAndRate": {} }]), "dosageInstruction[0].doseAndRate"),
        (
            "/dosageInstruction",
            json!([{ "timing": { "repeat": { "frequency": 1, "period": 1, "periodUnit": "day" } } }]),
            "dosageInstruction[0].timing.repeat.periodUnit",
        ),
    ] {
        let mut order = order(json!([]));
        *order.pointer_mut(path).unwrap() = value;
        assert_eq!(read(&order).unwrap_err().place, place);
    }
}

#[test]
fn what_a_reference_does_not_tell_is_kept_in_words() {
    let mut order = order(json!([]));
    order.as_object_mut().unwrap().remove("medicationCodeableConcept");
    order["medicationReference"] = json!({ "reference": "Medication/unknown" });
    assert_eq!(read(&order).unwrap().medication.label(), "Medication/unknown");
    order["medicationReference"] = json!({ "reference": "Medication/unknown", "display": "Oxybutynin" });
    assert_eq!(read(&order).unwrap().medication.label(), "Oxybutynin");
}

#[test]
fn a_draft_is_not_taken_yet_and_an_active_order_is() {
    let with = |status: &str, intent: &str| {
        let mut order = order(json!([]));
        order["status"] = json!(status);
        order["intent"] = json!(intent);
        read(&order).unwrap().is_taken
    };
    assert!(with("active", "order") && with("on-hold", "plan") && with("unknown", "order"));
    assert!(!with("draft", "order") && !with("stopped", "order") && !with("active", "proposal"));
}

#[test]
fn a_statement_is_read_as_what_is_taken() {
    let with = |status: &str| {
        let statement = json!({
            "resourceType": "MedicationStatement", "status": status, "subject": { "reference": "Patient/1" },
            "medicationCodeableConcept": { "text": "Warfarin 5 MG Oral Tablet" },
            "dosage": [one(json!({ "frequency": 1, "period": 1, "periodUnit": "d" }), json!({ "value": 5, "unit": "mg" }))],
        });
        read_statement(&statement.to_string(), &Reading { references: &Nobody, now: DateTime::UNIX_EPOCH })
    };
    let taken = with("active").unwrap();
    assert!(taken.is_taken && taken.dose.unwrap().times_per_day == Some(Decimal::ONE));
    assert!(!with("not-taken").unwrap().is_taken && !with("completed").unwrap().is_taken);
    assert_eq!(with("taken").unwrap_err().place, "status");
}
