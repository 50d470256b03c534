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

/// What runs into the closure moves too; what cannot move is named, with why; and nothing that was held or offered before
/// is taken in the closed time.
#[tokio::test]
async fn what_runs_into_the_closure_or_is_only_held_is_named() {
    let app = spawn_app().await;
    let clinic = Clinic::open(&app).await;
    let noon = in_hours(48);
    let (one, other, dying) = (register(&app).await, register(&app).await, register(&app).await);
    let ends = clinic.book(&one, noon - Duration::minutes(20)).await.expect(201).id();
    let runs = clinic.book(&other, noon + Duration::minutes(120)).await.expect(201).id();
    let (after, until) = (noon + Duration::minutes(130), noon + Duration::hours(6));
    let dead = clinic.book(&dying, noon + Duration::hours(3)).await.expect(201).id();
    let died = json!({ "deceased": { "at": "2026-11-01T08:00:00Z" } });
    app.patch(Role::Doctor, &format!("/api/v1/patients/{dying}"), 1, died).await.expect(200);
    let mut hold = clinic.at(noon + Duration::hours(4));
    hold["hold_minutes"] = json!(60);
    let path = format!("/api/v1/patients/{one}/appointments");
    let held = app.post(Role::Receptionist, &path, hold).await.expect(201).id();
    let freed = clinic.book(&one, noon + Duration::hours(5)).await.expect(201).id();
    let wish = clinic.wait(&other, "urgent").await;
    clinic.conduct(&freed, "cancel", json!({ "reason": "pat" })).await.expect(200);
    let offer = clinic.comes_to(&wish, "offered").await["offer"].clone();

    let path = format!("/api/v1/schedules/{}/move-day", clinic.doctor);
    let body = json!({ "after": after, "until": until, "reason": "illness" });
    let moved = app.post(Role::Receptionist, &path, body).await.expect(200).body;
    let all = moved["appointments"].as_array().expect("what became of each");
    let named: Vec<_> = all.iter().map(|one| one["appointment"].clone()).collect();
    assert_eq!(named, [json!(runs), json!(dead), json!(held), offer["appointment"].clone()], "{moved}");
    assert_eq!(all[0]["to"], json!(until), "{moved}");
    assert_eq!(clinic.see(&runs).await["start"], json!(until));
    for (left, why) in all[1..].iter().zip(["deceased", "only held", "only held"]) {
        assert_eq!(left["to"], json!(null), "{moved}");
        assert!(left["why"].as_str().is_some_and(|told| told.contains(why)), "{why}: {moved}");
    }
    assert_eq!(clinic.see(&ends).await["start"], json!(noon - Duration::minutes(20)), "it ends before");

    let refused = clinic.conduct(&held, "confirm", json!({})).await;
    let refused = refused.expect_problem(409, "/problems/appointment/conflicts", &[]);
    assert_eq!(refused.body["conflicts"][0]["why"], "closed", "{}", refused.body);
    clinic.answer(&wish, "accept").await.expect_problem(409, "/problems/waitlist/no-longer-open", &[]);
    assert_eq!(clinic.see(&held).await["status"], "pending", "nothing changed");
    clinic.conduct(&held, "release", json!({})).await.expect(200);
    clinic.answer(&wish, "decline").await.expect(200);
}

/// A hold outside of the closed time is confirmed as ever, and one of new hours is not.
#[tokio::test]
async fn a_hold_is_confirmed_where_its_resources_are_still_there() {
    let app = spawn_app().await;
    let clinic = Clinic::open(&app).await;
    let patient = register(&app).await;
    let path = format!("/api/v1/patients/{patient}/appointments");
    let hold = async |hours: i64| {
        let mut hold = clinic.at(in_hours(hours));
        hold["hold_minutes"] = json!(60);
        app.post(Role::Receptionist, &path, hold).await.expect(201).id()
    };
    let (near, far) = (hold(30).await, hold(60).await);
    let closures = format!("/api/v1/schedules/{}/closures", clinic.room);
    let closure = json!({ "from": in_hours(31), "until": in_hours(40), "reason": "maintenance" });
    app.post(Role::Receptionist, &closures, closure).await.expect(200);
    clinic.conduct(&near, "confirm", json!({})).await.expect(200);
    let hours = format!("/api/v1/schedules/{}/hours", clinic.doctor);
    let request = app.request(Role::Receptionist, Method::PUT, &hours).await.header("if-match", "\"2\"");
    request.json(&json!({ "hours": [] })).answer().await.expect(200);
    let refused = clinic.conduct(&far, "confirm", json!({})).await;
    let refused = refused.expect_problem(409, "/problems/appointment/conflicts", &[]);
    assert_eq!(refused.body["conflicts"][0]["why"], "outside_hours", "{}", refused.body);
    assert_eq!(clinic.see(&near).await["status"], "booked");
}
