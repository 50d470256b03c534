use std::time::Duration;

use healthcare_api::config::PatientSettings;
use healthcare_application::Role;
use healthcare_domain::patient::PathwayCatalogue;
use healthcare_tests::{
    app::{Ask, Backing, TestApp, spawn_app, spawn_app_with},
    server::until,
};
use reqwest::Method;
use serde_json::{Value, json};

use super::register;
use crate::encounter::admit;

async fn advance(app: &TestApp, patient: &str, stage: &str) {
    app.post(Role::Nurse, &format!("/api/v1/patients/{patient}/pathway"), json!({ "stage": stage })).await.expect(200);
}

async fn read(app: &TestApp, patient: &str) -> Value {
    app.get(Role::Nurse, &format!("/api/v1/patients/{patient}")).await.expect(200).body
}

async fn arrives(app: &TestApp, patient: &str, stage: &str) -> Value {
    until(&format!("the stage {stage}"), Duration::from_secs(30), async || {
        let read = read(app, patient).await;
        (read["pathway"]["stage"] == stage).then_some(read)
    })
    .await
}

async fn put_on(app: &TestApp, patient: &str) {
    let device =
        app.post(Role::Admin, "/api/v1/devices", json!({ "serial": "M-1", "kind": "monitor" })).await.expect(201);
    let assign = format!("/api/v1/devices/{}/assign", device.id());
    app.post(Role::Nurse, &assign, json!({ "patient": patient })).await.expect(200);
}

#[tokio::test]
async fn a_pathway_is_walked_by_command_with_who_and_when() {
    let app = spawn_app().await;
    let patient = register(&app).await;
    let path = format!("/api/v1/patients/{patient}/pathway");
    let skipped = app.post(Role::Nurse, &path, json!({ "stage": "welcome" })).await;
    skipped.expect_problem(409, "/problems/patient/not-the-next-stage", &["/stage"]);
    advance(&app, &patient, "enrolled").await;
    advance(&app, &patient, "device").await;
    let read = read(&app, &patient).await;
    assert_eq!((&read["pathway"]["id"], &read["pathway"]["stage"]), (&json!("monitoring"), &json!("device")));
    let steps = read["pathways"][0]["steps"].as_array().expect("steps");
    let taken: Vec<_> = steps.iter().map(|step| step["stage"].as_str().unwrap_or("")).collect();
    assert_eq!(taken, ["enrolled", "device"]);
    assert!(steps.iter().all(|step| step["by"].is_string() && step["at"].is_string()), "{steps:?}");

    let wrong = |body: Value| app.post(Role::Nurse, &path, body);
    wrong(json!({ "stage": "cured" })).await.expect_problem(422, "/problems/patient/no-such-stage", &["/stage"]);
    let elsewhere = json!({ "pathway": "diabetes", "stage": "enrolled" });
    wrong(elsewhere).await.expect_problem(422, "/problems/patient/no-such-pathway", &["/pathway"]);
    let refused = app.post(Role::Receptionist, &path, json!({ "stage": "welcome" })).await;
    refused.expect_problem(403, "/problems/access/denied", &[]);
    let known = app.get(Role::Receptionist, "/api/v1/pathways").await.expect(200).body;
    assert_eq!(known["pathways"][0]["stages"].as_array().map(Vec::len), Some(5));
}

#[tokio::test]
async fn what_happens_to_a_patient_moves_them_on_once() {
    let app = spawn_app().await;
    let patient = register(&app).await;
    advance(&app, &patient, "enrolled").await;
    put_on(&app, &patient).await;
    let moved = arrives(&app, &patient, "device").await;
    let step = &moved["pathways"][0]["steps"][1];
    assert_eq!((&step["because"]["kind"], &step["by"]), (&json!("device.assigned"), &Value::Null));
    // Vitals before the welcome move nobody: nothing is skipped. The next ones do.
    let visit = admit(&app, &patient).await;
    let vitals = format!("/api/v1/encounters/{visit}/vitals");
    app.post(Role::Nurse, &vitals, crate::vitals::well()).await.expect(201);
    advance(&app, &patient, "welcome").await;
    app.post(Role::Nurse, &vitals, crate::vitals::well()).await.expect(201);
    let moved = arrives(&app, &patient, "monitored").await;
    assert_eq!(moved["pathways"][0]["steps"].as_array().map(Vec::len), Some(4));
    assert_eq!(app.count("es.event where event_type = 'patient.pathway.advanced'").await, 4);
}

#[tokio::test]
async fn lists_filter_by_stage_and_show_whom_the_caller_cares_for() {
    let app = spawn_app().await;
    let (mine, other) = (register(&app).await, register(&app).await);
    for patient in [&mine, &other] {
        advance(&app, patient, "enrolled").await;
    }
    advance(&app, &other, "device").await;
    let at = async |query: &str, token: &str| {
        let path = format!("/api/v1/patients?{query}");
        let page = app.anonymous(Method::GET, &path).bearer_auth(token).answer().await.expect(200).body;
        let items = page["items"].as_array().cloned().expect("items");
        items.iter().map(|one| one["id"].as_str().unwrap_or("").to_owned()).collect::<Vec<_>>()
    };
    let everywhere = app.token(Role::Nurse).await;
    assert_eq!(at("stage=enrolled", &everywhere).await, std::slice::from_ref(&mine));
    assert_eq!(at("pathway=monitoring&stage=device", &everywhere).await, std::slice::from_ref(&other));
    assert_eq!(at("pathway=monitoring&sort=-registered", &everywhere).await, [other.clone(), mine.clone()]);
    assert_eq!(at("pathway=monitoring&limit=1", &everywhere).await, std::slice::from_ref(&mine));
    assert_eq!(at(&format!("pathway=monitoring&cursor={mine}"), &everywhere).await, std::slice::from_ref(&other));
    // Somebody of one ward sees there whom they care for.
    let (_, stranger) = app.hire("stranger", Role::Nurse, &["North"]).await;
    assert!(at("pathway=monitoring", &stranger).await.is_empty());
    let stay = json!({ "class": "inpatient", "ward": "North" });
    app.post(Role::Receptionist, &format!("/api/v1/patients/{mine}/encounters"), stay).await.expect(201);
    assert_eq!(at("pathway=monitoring", &stranger).await, std::slice::from_ref(&mine));
    // Who may read no chart may not ask.
    let desk = app.get(Role::Receptionist, "/api/v1/patients?stage=enrolled").await;
    desk.expect_problem(403, "/problems/access/denied", &[]);
    for (query, place) in [("stage=cured", "stage"), ("pathway=diabetes", "pathway")] {
        let refused = app.get(Role::Nurse, &format!("/api/v1/patients?{query}")).await;
        refused.expect_problem(400, "/problems/request/parameter", &[place]);
    }
    app.get(Role::Nurse, "/api/v1/patients?sort=colour").await.expect(400);
}

#[tokio::test]
async fn a_house_has_pathways_of_its_own() {
    let own = r#"{ "pathways": [
        { "id": "surgery", "name": "Day surgery", "stages": [
            { "id": "listed", "name": "On the list", "advance_on": ["encounter.started"] }, { "id": "operated", "name": "Operated" } ] },
        { "id": "monitoring", "name": "Monitoring", "stages": [{ "id": "enrolled", "name": "Enrolled" }] } ] }"#;
    let pathways = Some(PathwayCatalogue::parse(own).expect("pathways"));
    let patients = PatientSettings { pathways, ..PatientSettings::default() };
    let app = spawn_app_with(Backing { patients, ..Backing::default() }).await;
    let patient = register(&app).await;
    let path = format!("/api/v1/patients/{patient}/pathway");
    admit(&app, &patient).await;
    arrives(&app, &patient, "listed").await;
    let other = json!({ "pathway": "monitoring", "stage": "enrolled" });
    app.post(Role::Nurse, &path, other).await.expect(200);
    advance(&app, &patient, "operated").await;
    let read = read(&app, &patient).await;
    let stages: Vec<_> = read["pathways"].as_array().expect("both").iter().map(|one| one["stage"].clone()).collect();
    assert_eq!(stages, ["enrolled", "operated"]);
    assert_eq!(read["pathway"]["id"], "surgery", "where the latest step was taken");
}
