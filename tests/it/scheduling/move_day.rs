use chrono::Duration;
use healthcare_application::Role;
use healthcare_tests::app::{Ask, spawn_app};
use reqwest::Method;
use serde_json::json;

use super::{Clinic, define, in_hours};
use crate::patient::register;

/// A clinic closes early: what was booked after noon moves to the next free slots; what cannot be moved is said, and
/// stays where it was.
#[tokio::test]
async fn a_clinic_that_closes_early_moves_its_day() {
    let app = spawn_app().await;
    let clinic = Clinic::open(&app).await;
    let noon = in_hours(48);
    let patients = [register(&app).await, register(&app).await, register(&app).await];
    let before = clinic.book(&patients[0], noon - Duration::hours(1)).await.expect(201).id();
    let first = clinic.book(&patients[1], noon).await.expect(201).id();
    let second = clinic.book(&patients[2], noon + Duration::hours(1)).await.expect(201).id();
    // One of a type that nobody offers any more has nowhere to go.
    let retired = define(&app, 30, &["practitioner"]).await;
    let body = json!({ "appointment_type": retired, "start": noon + Duration::hours(2), "resources": [clinic.doctor] });
    let path = format!("/api/v1/patients/{}/appointments", patients[0]);
    let stuck = app.post(Role::Receptionist, &path, body).await.expect(201).id();
    app.post(Role::Receptionist, &format!("/api/v1/appointment-types/{retired}/retire"), json!({})).await.expect(200);
    // What is free at first is taken by somebody else.
    let evening = noon + Duration::hours(6);
    clinic.book(&patients[0], evening).await.expect(201);

    let move_day = async || {
        let path = format!("/api/v1/schedules/{}/move-day", clinic.doctor);
        let request = app.request(Role::Receptionist, Method::POST, &path).await.header("idempotency-key", "closes");
        let body = json!({ "after": noon, "until": evening, "reason": "illness", "note": "Fever" });
        request.json(&body).answer().await.expect(200)
    };
    let moved = move_day().await.body;
    let all = moved["appointments"].as_array().expect("what became of each").clone();
    let to = |minutes: i64| json!(evening + Duration::minutes(minutes));
    assert_eq!(all.len(), 3, "{moved}");
    assert_eq!((&all[0]["appointment"], &all[0]["to"]), (&json!(first), &to(20)), "{moved}");
    assert_eq!((&all[1]["appointment"], &all[1]["to"]), (&json!(second), &to(40)), "{moved}");
    assert_eq!((&all[2]["appointment"], &all[2]["to"]), (&json!(stuck), &json!(null)), "{moved}");
    assert!(all[2]["why"].as_str().is_some_and(|why| why.contains("no longer offered")), "{moved}");
    assert_eq!(clinic.see(&before).await["start"], json!(noon - Duration::hours(1)));
    assert_eq!(clinic.see(&first).await["start"], to(20));
    assert_eq!(clinic.see(&stuck).await["start"], json!(noon + Duration::hours(2)), "it stays where it was");

    // Nobody books into the closed afternoon, and a repeat is answered the same and moves nothing.
    let refused = clinic.book(&patients[0], noon).await.expect(409);
    assert!(refused.body["conflicts"].as_array().expect("why").iter().any(|one| one["why"] == "closed"));
    let events = app.clinical_events().await;
    assert_eq!(move_day().await.body, moved);
    assert_eq!(app.clinical_events().await, events);
}
