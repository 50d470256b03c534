//! What other systems measure, as they write it.

use serde_json::{Value, json};

use super::{PATIENT, bundle, call, cards, of_rule, open_app, order, prefetch, request, signing};

fn observation(loinc: &str, value: Value) -> Value {
    let at = chrono::DateTime::from_timestamp(super::seconds() - 600, 0).expect("a time").to_rfc3339();
    let mut observation = json!({
        "resourceType": "Observation", "id": format!("o{loinc}"), "status": "final",
        "subject": { "reference": format!("Patient/{PATIENT}") }, "effectiveDateTime": at,
        "code": { "coding": [{ "system": "http://loinc.org", "code": loinc }] },
    });
    observation.as_object_mut().expect("an object").extend(value.as_object().expect("an object").clone());
    observation
}

fn quantity(loinc: &str, value: f64, unit: &str) -> Value {
    observation(loinc, json!({ "valueQuantity": { "value": value, "unit": unit } }))
}

fn viewing(key: &str, observations: &[Value]) -> Value {
    let mut body = request("patient-view", json!({}));
    body["prefetch"] = prefetch(&[]);
    body["prefetch"][key] = bundle(observations);
    body
}

#[tokio::test]
async fn a_critical_result_is_told_in_everyday_units_and_by_a_bound_alone() {
    let app = open_app().await;
    let above =
        |value: f64, unit: &str| json!({ "valueQuantity": { "value": value, "comparator": ">", "unit": unit } });
    for (result, rule) in [
        (quantity("2823-3", 7.5, "mEq/L"), "critical-potassium-high"),
        (quantity("777-3", 8.0, "K/uL"), "critical-platelets-low"),
        (quantity("6301-6", 11.0, "INR"), "critical-inr-high"),
        (observation("2823-3", above(10.0, "mmol/L")), "critical-potassium-high"),
        (observation("6301-6", above(10.0, "{INR}")), "critical-inr-high"),
    ] {
        let all = cards(call(&app, "patient-view", &viewing("laboratory", &[result])).await);
        assert_eq!(of_rule(&all, rule).len(), 1, "{all:#?}");
        assert!(of_rule(&all, "(not-read)").is_empty(), "{all:#?}");
    }
    let unread = viewing("laboratory", &[quantity("2823-3", 7.5, "furlong")]);
    let all = cards(call(&app, "patient-view", &unread).await);
    assert_eq!(of_rule(&all, "(not-read)")[0]["indicator"], "warning", "{all:#?}");
}

#[tokio::test]
async fn news2_is_computed_of_what_is_sent() {
    let app = open_app().await;
    let alert =
        json!({ "valueCodeableConcept": { "coding": [{ "system": "http://snomed.info/sct", "code": "248234008" }] } });
    let signs = [
        quantity("9279-1", 21.0, "breaths/min"),
        quantity("59408-5", 89.0, "%"),
        quantity("8480-6", 101.0, "mmHg"),
        quantity("8867-4", 135.0, "bpm"),
        quantity("8310-5", 39.5, "C"),
        quantity("3150-6", 21.0, "%"),
        observation("80288-4", alert),
    ];
    let all = cards(call(&app, "patient-view", &viewing("vitals", &signs)).await);
    let [card] = of_rule(&all, "news2-high")[..] else { panic!("{all:#?}") };
    assert!(card["summary"].as_str().is_some_and(|words| words.contains("11")), "{card:#}");
}

#[tokio::test]
async fn metformin_is_held_against_a_creatinine_and_against_a_bound_of_the_egfr() {
    let app = open_app().await;
    let below = json!({ "valueQuantity": { "value": 15, "comparator": "<", "unit": "mL/min/1.73m2" } });
    for kidneys in
        [quantity("2160-0", 6.0, "mg/dl"), quantity("62238-1", 12.0, "mL/min"), observation("33914-3", below)]
    {
        let draft = order("m", "draft", "861007", "Metformin hydrochloride 500 MG Oral Tablet");
        let mut body = signing(&[draft], &[]);
        body["prefetch"]["laboratory"] = bundle(&[kidneys]);
        let all = cards(call(&app, "order-sign", &body).await);
        assert_eq!(of_rule(&all, "metformin-egfr-below-30").len(), 1, "{all:#?}");
        assert!(of_rule(&all, "metformin-egfr-unknown").is_empty(), "{all:#?}");
    }
}
