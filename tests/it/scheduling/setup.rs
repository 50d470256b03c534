use healthcare_application::Role;
use healthcare_tests::app::{Ask, spawn_app};
use reqwest::Method;
use serde_json::json;

use super::{Clinic, in_hours};

#[tokio::test]
async fn hours_and_closures_change_with_the_version_that_was_seen() {
    let app = spawn_app().await;
    let clinic = Clinic::open(&app).await;
    let (account, _) = app.hire("moss", Role::Doctor, &["A"]).await;
    let person =
        |account: String| json!({ "kind": "practitioner", "name": "Dr Moss", "time_zone": "UTC", "account": account });
    app.post(Role::Receptionist, "/api/v1/schedules", person(account.to_string())).await.expect(201);
    let unknown = app.post(Role::Receptionist, "/api/v1/schedules", person(clinic.room.clone())).await;
    unknown.expect_problem(422, "/problems/schedule/nothing-such", &[]);
    let path = format!("/api/v1/schedules/{}", clinic.doctor);
    let seen = app.get(Role::Nurse, &path).await.expect(200);
    assert_eq!((seen.header("etag"), &seen.body["time_zone"]), (Some("\"2\""), &json!("Europe/Lisbon")));

    let hours = json!({ "hours": [{ "day": "monday", "from": "09:00", "until": "08:00" }] });
    let put = |tag: &'static str, body: serde_json::Value| {
        let path = format!("{path}/hours");
        let app = &app;
        async move {
            let request = app.request(Role::Receptionist, Method::PUT, &path).await;
            let request = if tag.is_empty() { request } else { request.header("if-match", tag) };
            request.json(&body).answer().await
        }
    };
    put("", hours.clone()).await.expect(428);
    put("\"1\"", json!({ "hours": [] })).await.expect_problem(412, "/problems/request/stale", &["If-Match"]);
    put("\"2\"", hours).await.expect_problem(422, "/problems/schedule/bad-hours", &["/hours"]);
    put("\"2\"", json!({ "hours": [], "also": 1 })).await.expect(422);

    let closures = format!("{path}/closures");
    let leave = json!({ "from": in_hours(48), "until": in_hours(72), "reason": "leave" });
    app.post(Role::Receptionist, &closures, leave.clone()).await.expect(200);
    app.post(Role::Nurse, &closures, leave).await.expect_problem(403, "/problems/access/denied", &[]);
    let lift = |number: u32| format!("{closures}/{number}/remove");
    let none = app.post(Role::Receptionist, &lift(2), json!({})).await;
    none.expect_problem(404, "/problems/schedule/no-such-closure", &[]);
    app.post(Role::Receptionist, &lift(1), json!({})).await.expect(200);

    app.post(Role::Receptionist, &format!("{path}/retire"), json!({})).await.expect(200);
    let rooms = app.get(Role::Nurse, "/api/v1/schedules?active=true").await.expect(200);
    assert_eq!(
        rooms.body["items"].as_array().map(Vec::len),
        Some(2),
        "the room and the other are left: {}",
        rooms.body
    );
    let foreign = app.get(Role::Nurse, "/api/v1/schedules?colour=red").await;
    assert_eq!(foreign.status, 400, "{}", foreign.body);
}

#[tokio::test]
async fn a_revised_type_leaves_what_is_booked_as_it_was() {
    let app = spawn_app().await;
    let clinic = Clinic::open(&app).await;
    let patient = crate::patient::register(&app).await;
    let booked = clinic.book(&patient, in_hours(30)).await.expect(201).id();
    let before = clinic.see(&booked).await;
    let path = format!("/api/v1/appointment-types/{}", clinic.consultation);
    let longer = json!({ "name": "Long", "kind": "FOLLOWUP", "duration_minutes": 60, "requires": ["practitioner"] });
    let request = app.request(Role::Receptionist, Method::PUT, &path).await.header("if-match", "\"1\"");
    request.json(&longer).answer().await.expect(200);
    assert_eq!(clinic.see(&booked).await, before);
    app.post(Role::Receptionist, &format!("{path}/retire"), json!({})).await.expect(200);
    let refused = clinic.book(&patient, in_hours(40)).await;
    refused.expect_problem(422, "/problems/appointment/not-offered", &["/appointment_type"]);
}
