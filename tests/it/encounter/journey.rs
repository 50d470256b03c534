use healthcare_application::Role;
use healthcare_tests::app::{Ask, TestApp, spawn_app};
use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    patient::register,
    vitals::sign,
    ward::{Ward, keep},
};

/// A visit as it stands.
async fn see(app: &TestApp, stay: &str) -> Value {
    app.get(Role::Nurse, &format!("/api/v1/encounters/{stay}")).await.expect(200).body
}

fn pneumonia() -> Value {
    let code = "http://hl7.org/fhir/sid/icd-10-cm";
    json!({ "coding": [{ "system": code, "code": "J18.9", "display": "Pneumonia, unspecified organism" }] })
}

/// An admission from emergency to discharge: triage, vitals with NEWS2, class change, bed moves, diagnoses, procedure,
/// prescription, discharge with summary, the bed freed.
#[tokio::test]
async fn an_admission_from_emergency_to_discharge() {
    let app = spawn_app().await;
    let emergency = Ward::open(&app, "Emergency").await;
    let west =
        Ward::described(&app, json!({ "name": "West", "demands": { "summary": true, "diagnosis": true } })).await;
    let (trolley, door, window) = (emergency.bed("Trolley 1").await, west.bed("Door").await, west.bed("Window").await);
    let patient = register(&app).await;

    // The patient comes and waits on a trolley.
    let arrives = json!({ "class": "emergency", "status": "arrived", "bed_id": trolley,
        "reasons": [{ "text": "cough and fever" }], "admit_source": { "text": "ambulance" } });
    let stay = app.post(Role::Nurse, &format!("/api/v1/patients/{patient}/encounters"), arrives).await.expect(201).id();
    let path = |verb: &str| format!("/api/v1/encounters/{stay}/{verb}");
    assert_eq!(see(&app, &stay).await["status"], "arrived");
    let home = json!({ "disposition": "home" });
    let unseen = app.post(Role::Doctor, &path("discharge"), home.clone()).await;
    unseen.expect_problem(409, "/problems/encounter/not-seen-yet", &[]);
    let judged = json!({ "scale": "manchester", "level": 2, "complaint": { "text": "short of breath" } });
    let reception = app.post(Role::Receptionist, &path("triage"), judged.clone()).await;
    reception.expect_problem(403, "/problems/access/denied", &[]);
    app.post(Role::Nurse, &path("triage"), judged).await.expect(200);

    // Vitals, with their score.
    let ill = json!({ "measurements": [
        sign("respiratory_rate", "26", "/min"), sign("spo2", "91", "%"), sign("systolic_bp", "98", "mm[Hg]"),
        sign("heart_rate", "118", "/min"), sign("temperature", "39.4", "Cel"),
    ], "consciousness": "A", "on_oxygen": true });
    let charted = app.post(Role::Nurse, &path("vitals"), ill).await.expect(201);
    assert_eq!((&charted.body["news2"]["total"], &charted.body["news2"]["band"]), (&json!(14), &json!("high")));
    app.post(Role::Doctor, &path("start"), json!({})).await.expect(200);
    let new = json!({ "code": pneumonia(), "use": "admission" });
    let diagnosed = app.post(Role::Doctor, &path("diagnoses"), new).await.expect(201);
    let problem = diagnosed.body["problem"].as_str().expect("the condition").to_owned();

    // The emergency becomes a stay: the same visit goes on, on the ward.
    app.post(Role::Doctor, &path("class"), json!({ "class": "inpatient" })).await.expect(200);
    let back = app.post(Role::Doctor, &path("class"), json!({ "class": "emergency" })).await;
    back.expect_problem(409, "/problems/encounter/class-not-thence", &[]);
    app.post(Role::Nurse, &path("transfer"), json!({ "bed_id": door })).await.expect(200);
    assert_eq!((emergency.state(&trolley).await, west.state(&door).await), ("cleaning".into(), "occupied".into()));
    keep(&app, Role::Nurse, &trolley, "clean", json!({})).await.expect(200);
    app.post(Role::Nurse, &path("transfer"), json!({ "ward": "West", "bed": "Window" })).await.expect(200);
    assert_eq!((west.state(&door).await, west.state(&window).await), ("cleaning".into(), "occupied".into()));

    // A procedure, an order.
    let x_ray = json!({ "encounter": stay, "code": { "coding": [
        { "system": "http://snomed.info/sct", "code": "399208008", "display": "Plain chest X-ray" }] } });
    app.post(Role::Doctor, &format!("/api/v1/patients/{patient}/procedures"), x_ray).await.expect(201);
    crate::medication::no_known_allergies(&app, &patient).await;
    let order = crate::medication::order("Amoxicillin 500 MG Oral Capsule");
    crate::medication::prescribe(&app, &patient, order).await.expect(201);

    // A weekend at home, and back.
    app.post(Role::Nurse, &path("leave"), json!({ "reason": "a wedding" })).await.expect(200);
    let away = app.post(Role::Doctor, &path("discharge"), home.clone()).await;
    away.expect_problem(409, "/problems/encounter/on-leave", &[]);
    assert_eq!(west.state(&window).await, "occupied", "who is on leave keeps their bed");
    app.post(Role::Nurse, &path("return"), json!({})).await.expect(200);

    // The ward asks for a summary and a diagnosis before anybody leaves.
    let refused = app.post(Role::Doctor, &path("discharge"), home).await;
    refused.expect_problem(409, "/problems/encounter/no-summary", &[]);
    let summary = json!({ "course": "Pneumonia, treated with amoxicillin.", "instructions": "Finish the tablets.",
        "follow_up": [{ "what": "Chest X-ray", "by": "2027-01-15" }] });
    let leaves = json!({ "disposition": "home", "summary": summary });
    let refused = app.post(Role::Doctor, &path("discharge"), leaves.clone()).await;
    refused.expect_problem(409, "/problems/encounter/no-diagnosis", &[]);
    let again = json!({ "problem": problem, "use": "discharge", "rank": 1 });
    app.post(Role::Doctor, &path("diagnoses"), again).await.expect(201);
    app.post(Role::Doctor, &path("discharge"), leaves).await.expect(200);

    let over = see(&app, &stay).await;
    assert_eq!((&over["status"], &over["disposition"]), (&json!("finished"), &json!("home")));
    assert_eq!(
        (&over["class"], &over["summary"]["instructions"]),
        (&json!("inpatient"), &json!("Finish the tablets."))
    );
    let told = |list: &str, field: &str| -> Vec<Value> {
        over[list].as_array().expect("a list").iter().map(|one| one[field].clone()).collect()
    };
    let stages = ["arrived", "triaged", "in-progress", "onleave", "in-progress"].map(Value::from);
    assert_eq!(told("stages", "stage"), stages);
    assert_eq!(told("classes", "class"), ["emergency", "inpatient"].map(Value::from));
    assert_eq!(told("places", "bed"), ["Trolley 1", "Door", "Window"].map(Value::from));
    assert_eq!(told("diagnoses", "use"), ["admission", "discharge"].map(Value::from));
    assert_eq!(west.state(&window).await, "cleaning");
    assert_eq!(app.count("read.encounter where bed_id is not null").await, 0, "no bed is held");

    // The summary may be mended when results have come; what happened may not.
    let request = app.request(Role::Doctor, Method::PUT, &path("summary")).await;
    let version = over["version"].as_i64().expect("a version");
    let request = request.header("if-match", format!("\"{version}\""));
    request.json(&json!({ "course": "Pneumonia; pneumococci grew." })).answer().await.expect(200);
    let moved = app.post(Role::Nurse, &path("transfer"), json!({ "bed_id": door })).await;
    moved.expect_problem(409, "/problems/encounter/already-discharged", &[]);
    let chart = app.get(Role::Doctor, &format!("/api/v1/patients/{patient}/chart")).await.expect(200).body;
    assert_eq!(chart["last_encounter"]["summary"]["course"], "Pneumonia; pneumococci grew.");
    assert_eq!(chart["procedures"]["items"].as_array().map(Vec::len), Some(1));
}
