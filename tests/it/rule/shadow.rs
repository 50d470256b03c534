use std::time::Duration;

use healthcare_application::Role;
use healthcare_tests::{
    app::{Ask, TestApp, spawn_app},
    server::until,
};
use reqwest::Method;
use serde_json::{Value, json};

use super::{Desk, document};
use crate::{
    encounter::admit,
    medication::{no_known_allergies, order, prescribe},
    observation::potassium,
    patient::register,
};

const RULE: &str = "twice-paracetamol";
const POTASSIUM: &str = "potassium-of-five";

/// A warning of potassium that no shipped rule warns of.
fn of_potassium() -> Value {
    let given = |value: f64| json!({ "observations": [{ "loinc": "2823-3", "value": value, "unit": "mmol/L" }] });
    let mut rule = document(POTASSIUM, 1);
    rule["severity"] = json!("warning");
    rule["triggers"] = json!(["lab.result.available"]);
    rule["when"] = json!({ "observation": { "value_set": "potassium", "unit": "mmol/L", "is": { "at_least": 5.0 },
        "within_hours": 24, "as": "result" } });
    rule["then"] = json!({ "summary": "Rather high: {result}", "detail": "{result}" });
    rule["tests"] = json!([
        { "name": "5.2", "given": given(5.2), "expect": { "fired": [["warning", "high"]] } },
        { "name": "4.2", "given": given(4.2), "expect": "not_fired" },
    ]);
    rule
}

/// All that anybody who works with the patient is shown.
async fn shown(app: &TestApp, patient: &str) -> String {
    let mut all = String::new();
    for path in [
        format!("/api/v1/patients/{patient}/chart"),
        format!("/api/v1/patients/{patient}/suggestions"),
        format!("/api/v1/patients/{patient}/timeline"),
        format!("/api/v1/patients/{patient}/export"),
        "/api/v1/inbox".to_owned(),
        "/api/v1/notifications".to_owned(),
    ] {
        let answer = app.get(Role::Doctor, &path).await;
        assert!([200, 404].contains(&answer.status), "{path}: {}", answer.body);
        all += &answer.body.to_string();
    }
    all
}

#[tokio::test]
async fn what_is_in_the_shadow_is_shown_to_nobody_and_counted() {
    let app = spawn_app().await;
    let desk = Desk::of(&app).await;
    desk.shadowed(document(RULE, 1)).await;
    desk.shadowed(of_potassium()).await;
    let patient = register(&app).await;
    no_known_allergies(&app, &patient).await;

    // Before signing: the order is signed, and its answer says nothing of it.
    let signed = prescribe(&app, &patient, order("Paracetamol 500 MG Oral Tablet")).await.expect(201);
    assert!(!signed.body.to_string().contains(RULE), "{:#}", signed.body);
    let checked = format!("/api/v1/patients/{patient}/medication-orders/check");
    let checked = app.post(Role::Doctor, &checked, order("Paracetamol 500 MG Oral Tablet")).await;
    assert!(!checked.body.to_string().contains(RULE), "{:#}", checked.body);
    // After a result: judged, and nothing raised.
    let results = format!("/api/v1/patients/{patient}/laboratory-results");
    app.post(Role::LabTechnician, &results, potassium("5.2")).await.expect(201);
    let counted = until("the result was judged in the shadow", Duration::from_secs(20), async || {
        let counted = desk.get(&format!("/{POTASSIUM}/shadow")).await.expect(200).body;
        (counted["fired"] != 0).then_some(counted)
    })
    .await;
    assert_eq!((&counted["patients"], &counted["findings"]), (&json!(1), &json!(1)), "{counted:#}");
    assert_eq!(counted["by_ward"][0]["severity"], "warning");
    let of_orders = desk.get(&format!("/{RULE}/shadow?version=1")).await.expect(200).body;
    assert!(of_orders["fired"].as_i64().is_some_and(|fired| fired >= 1), "{of_orders:#}");
    assert_eq!(of_orders["patients"], 1);
    let shown = shown(&app, &patient).await;
    assert!(!shown.contains(RULE) && !shown.contains(POTASSIUM), "{shown}");
    assert_eq!(app.count("es.event where event_type = 'suggestion.raised'").await, 0);
    assert_eq!(app.count("live.notification n where n::text like '%potassium-of-five%'").await, 0);

    // Samples for who reads charts; counts alone for who writes rules.
    assert_eq!(of_orders["samples"], json!([]));
    let senior = app.get(Role::SeniorClinician, &format!("/api/v1/rules/{POTASSIUM}/shadow")).await.expect(200).body;
    assert_eq!(senior["samples"][0]["patient"], *patient, "{senior:#}");
    assert!(senior["samples"][0]["words"].as_str().is_some_and(|words| words.starts_with("met: ")), "{senior:#}");
    assert_eq!(senior["samples"][0]["findings"][0]["severity"], "warning");
    let read =
        format!("audit.entry where action = 'read_chart' and patient = '{patient}' and role = 'senior_clinician'");
    assert!(app.count(&read).await >= 1, "who saw a sample is in the trail");
    let (_, elsewhere) = app.hire("senior-elsewhere", Role::SeniorClinician, &["East"]).await;
    let report = app.anonymous(Method::GET, &format!("/api/v1/rules/{POTASSIUM}/shadow")).bearer_auth(elsewhere);
    let counted = report.answer().await.expect(200).body;
    assert_eq!((&counted["samples"], &counted["patients"]), (&json!([]), &json!(1)), "not of their patients");
    app.get(Role::Doctor, &format!("/api/v1/rules/{RULE}/shadow")).await.expect_problem(
        403,
        "/problems/access/denied",
        &[],
    );
    desk.get("/allergy-conflict/shadow").await.expect_problem(404, "/problems/request/not-found", &[]);
}

/// The judgement is sealed under the patient's key, and a connection sees it only for the patient it works on.
#[tokio::test]
async fn what_is_kept_of_a_shadow_is_guarded_as_the_patient_is() {
    let app = spawn_app().await;
    let desk = Desk::of(&app).await;
    desk.shadowed(document(RULE, 1)).await;
    let patient = register(&app).await;
    no_known_allergies(&app, &patient).await;
    admit(&app, &patient).await;
    prescribe(&app, &patient, order("Paracetamol 500 MG Oral Tablet")).await.expect(201);
    let owner = app.owner().await;
    let kept = owner.query_one("select judgement from es.shadow_judgement", &[]).await.expect("one is kept");
    let bytes: Vec<u8> = kept.get(0);
    assert!(!String::from_utf8_lossy(&bytes).contains("aracetamol"), "in the clear");
    let guarded = app.platform.db.guarded();
    let client = guarded.get().await.expect("a connection");
    let seen = async |set: &str| {
        client.batch_execute(&format!("begin; {set}")).await.expect("set");
        let row = client.query_one("select count(*) from es.shadow_judgement", &[]).await.expect("a count");
        client.batch_execute("rollback").await.expect("ended");
        row.get::<_, i64>(0)
    };
    assert_eq!(seen("select 1").await, 0);
    assert_eq!(seen("set local app.patients = '{018f0000-0000-7000-8000-000000000001}'").await, 0);
    assert_eq!(seen(&format!("set local app.patients = '{{{patient}}}'")).await, 1);
    assert_eq!(seen("set local app.scope = 'rules'").await, 1);
    let report = desk.get(&format!("/{RULE}/shadow")).await.expect(200).body;
    // A moment in a bed is a fraction of a day, and one finding in it a high rate.
    let number = |of: &str| report[of].as_str().and_then(|text| text.parse::<f64>().ok());
    assert!(number("patient_days").is_some_and(|days| days > 0.0 && days < 1.0), "{report:#}");
    assert!(number("per_1000_patient_days").is_some_and(|rate| rate > 1000.0), "{report:#}");
}
