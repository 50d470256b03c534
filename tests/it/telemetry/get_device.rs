use chrono::SecondsFormat;
use healthcare_application::Role;
use healthcare_tests::app::{TestApp, spawn_app};
use serde_json::{Value, json};

use crate::{
    encounter::admit,
    identity::{merge, person, registered},
    note::Somebody,
};

/// A monitor on a patient of ward A: where it is found, and who wears it.
async fn worn(app: &TestApp) -> (String, String) {
    let patient = registered(app, person("Eva", "Lind", "1950-01-01", "D-1")).await;
    admit(app, &patient).await;
    let monitor = json!({ "serial": "MON-7", "kind": "bedside monitor" });
    let created = app.post(Role::Admin, "/api/v1/devices", monitor).await.expect(201);
    let path = created.header("location").expect("a place").to_owned();
    let free = app.get(Role::Nurse, &path).await.expect(200);
    assert_eq!((&free.body["status"], free.header("etag")), (&json!("free"), Some("\"1\"")));
    assert_eq!((&free.body["serial"], &free.body["assigned_to"]), (&json!("MON-7"), &Value::Null));
    app.post(Role::Nurse, &format!("{path}/assign"), json!({ "patient": patient })).await.expect(200);
    (path, patient)
}

#[tokio::test]
async fn on_whom_a_device_is_is_told_to_who_cares_for_them_alone_and_recorded() {
    let app = spawn_app().await;
    let (path, patient) = worn(&app).await;
    let on = app.get(Role::Nurse, &path).await.expect(200);
    assert_eq!((&on.body["status"], on.header("etag")), (&json!("assigned"), Some("\"2\"")));
    assert_eq!(on.body["assigned_to"], json!(patient));
    assert!(on.body["assigned_since"].is_string(), "{}", on.body);
    let kept = app.get(Role::Admin, &path).await.expect(200).body;
    assert_eq!(kept["status"], "assigned");
    assert!(!kept.to_string().contains(&patient) && kept["assigned_since"].is_null(), "{kept}");
    let zoe = Somebody::hired(&app, "zoe", Role::Nurse, &["Z"]).await;
    let refused = zoe.get(&path).await.expect_problem(403, "/problems/access/no-care-relationship", &[]);
    assert!(!refused.body.to_string().contains(&patient), "{refused:?}");
    app.get(Role::LabTechnician, &path).await.expect_problem(403, "/problems/access/denied", &[]);
    let nothing = app.platform.app.clock.new_id();
    app.get(Role::Nurse, &format!("/api/v1/devices/{nothing}")).await.expect(404);

    let read = "audit.entry where resource = 'GET /api/v1/devices/{id}'";
    let of_patient = format!("{read} and patient = '{patient}'");
    assert_eq!(app.count(&format!("{of_patient} and outcome = 'allowed' and role = 'nurse'")).await, 1);
    assert_eq!(app.count(&format!("{of_patient} and outcome = 'denied'")).await, 1, "who has nothing to do with them");
    assert_eq!(app.count(&format!("{read} and patient is null and role = 'admin'")).await, 1);
}

#[tokio::test]
async fn whoever_holds_the_record_now_wears_it_and_an_earlier_day_is_told() {
    let app = spawn_app().await;
    let before = app.platform.app.clock.now().to_rfc3339_opts(SecondsFormat::Micros, true);
    let (path, patient) = worn(&app).await;
    let then = app.platform.app.clock.now().to_rfc3339_opts(SecondsFormat::Micros, true);
    let survivor = registered(&app, person("Eva", "Lind", "1950-01-01", "D-2")).await;
    merge(&app, &survivor, &patient).await.expect(200);
    assert_eq!(app.get(Role::Nurse, &path).await.expect(200).body["assigned_to"], json!(survivor));
    app.post(Role::Nurse, &format!("{path}/unassign"), json!({})).await.expect(200);
    assert_eq!(app.get(Role::Nurse, &path).await.expect(200).body["status"], "free");
    app.get(Role::Nurse, &format!("{path}?as_of={before}")).await.expect(404);
    let told = app.get(Role::Nurse, &format!("{path}?as_of={then}")).await.expect(200).body;
    assert_eq!((&told["status"], &told["assigned_to"]), (&json!("assigned"), &json!(survivor)));
}
