use healthcare_application::Role;
use healthcare_tests::app::{Answer, TestApp, spawn_app};
use serde_json::{Value, json};

use crate::{
    encounter::admit,
    identity::{merge, person, registered},
    note::{Somebody, of},
};

/// Three devices: one on the patient, two free.
async fn three(app: &TestApp) -> String {
    let patient = registered(app, person("Eva", "Lind", "1950-01-01", "D-1")).await;
    admit(app, &patient).await;
    for serial in ["MON-1", "MON-2", "MON-3"] {
        let monitor = json!({ "serial": serial, "kind": "bedside monitor" });
        let device = app.post(Role::Admin, "/api/v1/devices", monitor).await.expect(201).id();
        if serial == "MON-1" {
            let assign = format!("/api/v1/devices/{device}/assign");
            app.post(Role::Nurse, &assign, json!({ "patient": patient })).await.expect(200);
        }
    }
    patient
}

fn serials(answer: &Answer) -> Vec<String> {
    of(answer, "serial")
}

async fn found(app: &TestApp, query: &str) -> Vec<String> {
    serials(&app.get(Role::Nurse, &format!("/api/v1/devices?{query}")).await.expect(200))
}

#[tokio::test]
async fn devices_are_found_by_serial_by_patient_and_by_whether_they_are_free() {
    let app = spawn_app().await;
    let patient = three(&app).await;
    assert_eq!(found(&app, "sort=-at").await, ["MON-3", "MON-2", "MON-1"].map(String::from));
    assert_eq!(found(&app, "serial=MON-2").await, ["MON-2"]);
    assert_eq!(found(&app, "serial=MON").await, Vec::<String>::new());
    assert_eq!(found(&app, "free=true&sort=at").await, ["MON-2", "MON-3"]);
    assert_eq!(found(&app, "free=false").await, ["MON-1"]);
    assert_eq!(found(&app, &format!("patient={patient}")).await, ["MON-1"]);
    assert_eq!(found(&app, &format!("patient={patient}&free=true")).await, Vec::<String>::new());
    let (mut seen, mut cursor) = (vec![], String::new());
    loop {
        let page = app.get(Role::Nurse, &format!("/api/v1/devices?limit=1{cursor}")).await.expect(200);
        seen.extend(serials(&page));
        match page.body["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(seen, found(&app, "").await, "page by page, each once");
    let foreign = app.get(Role::Nurse, "/api/v1/devices?colour=red").await;
    foreign.expect_problem(400, "/problems/request/parameter", &["colour"]);
}

/// SECURITY 30: on whom a device is, is told of those for whom a permit would be made out; of the others that it is on
/// somebody. Whoever is told of is recorded.
#[tokio::test]
async fn on_whom_they_are_is_told_to_who_cares_for_them() {
    let app = spawn_app().await;
    let patient = three(&app).await;
    let worn = |answer: &Answer| -> Value {
        let items = answer.body["items"].as_array().expect("items");
        items.iter().find(|one| one["serial"] == "MON-1").expect("it is listed").clone()
    };
    let ann = Somebody::hired(&app, "ann", Role::Nurse, &["A"]).await;
    let zoe = Somebody::hired(&app, "zoe", Role::Nurse, &["Z"]).await;
    let theirs = worn(&ann.get("/api/v1/devices").await.expect(200));
    assert_eq!((&theirs["status"], &theirs["assigned_to"]), (&json!("assigned"), &json!(patient)));
    let foreign = zoe.get("/api/v1/devices").await.expect(200);
    let kept = app.get(Role::Admin, "/api/v1/devices").await.expect(200);
    for answer in [&foreign, &kept] {
        assert_eq!(worn(answer)["status"], "assigned");
        assert!(!answer.body.to_string().contains(&patient), "{}", answer.body);
        assert!(worn(answer)["assigned_since"].is_null(), "{}", answer.body);
    }
    let named = format!("/api/v1/devices?patient={patient}");
    zoe.get(&named).await.expect_problem(403, "/problems/access/no-care-relationship", &[]);
    app.get(Role::Admin, &named).await.expect_problem(403, "/problems/access/denied", &[]);
    app.get(Role::LabTechnician, "/api/v1/devices").await.expect_problem(403, "/problems/access/denied", &[]);
    let read = format!("audit.entry where resource = 'GET /api/v1/devices' and patient = '{patient}'");
    assert_eq!(app.count(&format!("{read} and outcome = 'allowed' and role = 'nurse'")).await, 1, "ann");
    assert_eq!(app.count(&format!("{read} and outcome = 'denied' and role = 'nurse'")).await, 1, "zoe");

    // Whoever holds the record now wears it.
    let survivor = registered(&app, person("Eva", "Lind", "1950-01-01", "D-2")).await;
    merge(&app, &survivor, &patient).await.expect(200);
    let now = app.get(Role::Nurse, &format!("/api/v1/devices?patient={survivor}")).await.expect(200);
    assert_eq!(worn(&now)["assigned_to"], json!(survivor));
}
