use chrono::Duration;
use healthcare_application::Role;
use healthcare_tests::app::spawn_app;
use serde_json::json;

use crate::{
    medication::{no_known_allergies, of_rule, order, prescribe},
    patient::register,
    rule::{Desk, document},
    suggestion::{report, reviewed, until},
};

/// Rules look at several values of a measurement, not at the newest alone: one that was high within the window is found
/// behind a normal one.
#[tokio::test]
async fn a_rule_sees_the_values_before_the_newest() {
    let app = spawn_app().await;
    let desk = Desk::of(&app).await;
    let mut rule = document("high-lately", 1);
    rule["triggers"] = json!(["lab.result.available"]);
    rule["when"] = json!({ "observation": { "value_set": "potassium", "unit": "mmol/L", "is": { "at_least": "6.5" },
        "within_hours": 24, "take": "any", "as": "result" } });
    rule["then"]["summary"] = json!("{result} lately");
    rule["then"]["detail"] = json!("{result}");
    let given = |value: &str| json!({ "observations": [{ "loinc": "2823-3", "value": value, "unit": "mmol/L" }] });
    rule["tests"] = json!([
        { "name": "high", "given": given("6.8"), "expect": { "fired": [["critical", "lately"]] } },
        { "name": "normal", "given": given("4.2"), "expect": "not_fired" },
    ]);
    desk.active(rule).await;
    let patient = register(&app).await;
    for value in ["6.8", "4.4", "4.3", "4.2", "4.1"] {
        report(&app, &patient, value).await;
        reviewed(&app).await;
    }
    let open = until(&app, &patient, "high-lately", &["open"]).await;
    assert!(open[0]["summary"].as_str().is_some_and(|words| words.contains("6.8")), "{:#}", open[0]);
    until(&app, &patient, "critical-potassium-high", &["withdrawn"]).await;
    // The sixth value back is out of sight.
    report(&app, &patient, "4.0").await;
    until(&app, &patient, "high-lately", &["withdrawn"]).await;
}

/// An intolerance on the chart is told as one: it does not interrupt as an allergy does.
#[tokio::test]
async fn an_intolerance_of_the_chart_is_judged_as_one() {
    let app = spawn_app().await;
    let severity = async |mechanism: serde_json::Value| {
        let patient = register(&app).await;
        let mut allergy = json!({ "substance": {
            "coding": [{ "system": "http://snomed.info/sct", "code": "91936005" }], "text": "Penicillin" } });
        if !mechanism.is_null() {
            allergy["type"] = mechanism;
        }
        app.post(Role::Nurse, &format!("/api/v1/patients/{patient}/allergies"), allergy).await.expect(201);
        let answer = prescribe(&app, &patient, order("Amoxicillin 500 MG Oral Capsule")).await;
        if answer.status == 201 {
            return json!("none interrupts");
        }
        of_rule(&answer, "allergy-conflict")[0]["severity"].clone()
    };
    assert_eq!(severity(json!("allergy")).await, "critical");
    assert_eq!(severity(json!(null)).await, "critical", "what nobody said is taken for the graver");
    assert_eq!(severity(json!("intolerance")).await, "none interrupts");
    let patient = register(&app).await;
    no_known_allergies(&app, &patient).await;
    prescribe(&app, &patient, order("Amoxicillin 500 MG Oral Capsule")).await.expect(201);
}

/// What is critical in a newborn lies lower than in everybody else.
#[tokio::test]
async fn glucose_of_a_newborn_is_judged_by_limits_of_their_own() {
    let app = spawn_app().await;
    let of = async |born: Option<&str>, (value, hours_ago): (&str, i64)| {
        let number = app.platform.app.clock.new_id();
        let mut body = json!({ "names": [{ "family": format!("Lind {number}"), "given": ["Ana"] }], "gender": "female",
            "identifiers": [{ "system": "http://hospital.example/mrn", "value": number }] });
        if let Some(born) = born {
            body["birth_date"] = json!(born);
        }
        let patient = app.post(Role::Receptionist, "/api/v1/patients", body).await.expect(201).id();
        let glucose = json!({
            "code": { "coding": [{ "system": "http://loinc.org", "code": "2345-7" }] },
            "value": { "quantity": { "value": value, "unit": "mg/dL" } }, "effective_at": app.platform.app.clock.now() - Duration::hours(hours_ago) });
        let path = format!("/api/v1/patients/{patient}/laboratory-results");
        app.post(Role::LabTechnician, &path, glucose).await.expect(201);
        reviewed(&app).await;
        let list = app.get(Role::Doctor, &format!("/api/v1/patients/{patient}/suggestions")).await.expect(200).body;
        let rules = list["items"].as_array().expect("items").iter().map(|item| item["rule"].clone());
        json!(rules.collect::<Vec<_>>())
    };
    let today = app.platform.app.clock.now().date_naive().to_string();
    assert_eq!(of(Some(&today), ("45", 0)).await, json!([]));
    assert_eq!(of(Some(&today), ("38", 0)).await, json!(["critical-glucose-low-newborn"]));
    assert_eq!(of(Some("1960-02-03"), ("45", 0)).await, json!(["critical-glucose-low"]));
    assert_eq!(of(Some("1960-02-03"), ("38", 0)).await, json!(["critical-glucose-low"]));
    assert_eq!(of(None, ("45", 0)).await, json!(["critical-glucose-low"]), "told rather than not");
    // Measured on the first day of life, and looked at on the second or third.
    let measured = (app.platform.app.clock.now() - Duration::hours(23)).date_naive();
    let born = (measured - Duration::days(1)).to_string();
    assert_eq!(of(Some(&born), ("45", 23)).await, json!([]), "low, as newborns are, whenever it is looked at");
    assert_eq!(of(Some(&born), ("38", 23)).await, json!(["critical-glucose-low-newborn"]));
    let born = (measured - Duration::days(2)).to_string();
    assert_eq!(of(Some(&born), ("45", 23)).await, json!(["critical-glucose-low"]));
}
