use healthcare_application::Role;
use healthcare_tests::app::spawn_app;
use serde_json::json;

use super::admit;
use crate::patient::register;

#[tokio::test]
async fn a_stay_begins_and_ends_once() {
    let app = spawn_app().await;
    let encounter = admit(&app, &register(&app).await).await;
    let path = format!("/api/v1/encounters/{encounter}");
    let open = app.get(Role::Nurse, &path).await.expect(200);
    assert_eq!((&open.body["status"], &open.body["ward"]), (&json!("in-progress"), &json!("A")));
    assert_eq!(open.header("etag"), Some("\"1\""));

    let discharge = format!("{path}/discharge");
    app.post(Role::Doctor, &discharge, json!({ "disposition": "home" })).await.expect(200);
    let second = app.post(Role::Doctor, &discharge, json!({ "disposition": "home" })).await;
    second.expect_problem(409, "/problems/encounter/already-discharged", &[]);
    let ended = app.get(Role::Nurse, &path).await.expect(200);
    assert_eq!((&ended.body["status"], &ended.body["disposition"]), (&json!("finished"), &json!("home")));
}

#[tokio::test]
async fn a_stay_ends_neither_before_it_began_nor_in_the_future() {
    let app = spawn_app().await;
    let encounter = admit(&app, &register(&app).await).await;
    let path = format!("/api/v1/encounters/{encounter}/discharge");
    for (at, kind) in [("2001-01-01T00:00:00Z", "before-admission"), ("2901-01-01T00:00:00Z", "in-the-future")] {
        let refused = app.post(Role::Doctor, &path, json!({ "disposition": "home", "at": at })).await;
        refused.expect_problem(422, &format!("/problems/encounter/{kind}"), &[]);
    }
    let nurse = app.post(Role::Nurse, &path, json!({ "disposition": "home" })).await;
    nurse.expect_problem(403, "/problems/access/denied", &[]);
    assert_eq!(app.clinical_events().await, 2);
}

#[tokio::test]
async fn a_visit_that_is_not_there_is_not_found() {
    let app = spawn_app().await;
    let path = "/api/v1/encounters/01890000-0000-7000-8000-000000000000";
    app.get(Role::Doctor, path).await.expect_problem(404, "/problems/request/not-found", &[]);
    app.get(Role::Receptionist, path).await.expect_problem(403, "/problems/access/denied", &[]);
    let refused = app.post(Role::Doctor, &format!("{path}/discharge"), json!({ "disposition": "home" })).await;
    refused.expect_problem(404, "/problems/encounter/not-admitted", &[]);
}

#[tokio::test]
async fn who_dies_in_a_visit_has_died_and_nothing_is_ordered_for_them() {
    let app = spawn_app().await;
    let patient = register(&app).await;
    let stay = admit(&app, &patient).await;
    let at = app.platform.app.clock.now();
    let died = json!({ "disposition": "exp", "at": at });
    app.post(Role::Doctor, &format!("/api/v1/encounters/{stay}/discharge"), died).await.expect(200);
    let person = format!("/api/v1/patients/{patient}");
    let seen = app.get(Role::Doctor, &person).await.expect(200).body;
    let since: chrono::DateTime<chrono::Utc> =
        seen["deceased"]["at"].as_str().and_then(|at| at.parse().ok()).unwrap_or_else(|| panic!("{seen:#}"));
    assert_eq!(since.timestamp_millis(), at.timestamp_millis());
    let order = crate::medication::order("Amoxicillin 500 MG Oral Capsule");
    let refused = crate::medication::prescribe(&app, &patient, order.clone()).await;
    refused.expect_problem(409, "/problems/patient/deceased", &[]);

    // It was another patient's visit: what it told of this one is taken back with it.
    let why = json!({ "reason": "another patient" });
    app.post(Role::Nurse, &format!("/api/v1/encounters/{stay}/entered-in-error"), why).await.expect(200);
    assert!(app.get(Role::Doctor, &person).await.expect(200).body["deceased"].is_null());
    crate::medication::prescribe(&app, &patient, order).await.expect(201);
}

#[tokio::test]
async fn a_death_that_was_known_stays_as_it_was_registered() {
    let app = spawn_app().await;
    let patient = register(&app).await;
    let stay = admit(&app, &patient).await;
    let person = format!("/api/v1/patients/{patient}");
    let at = "2026-01-02T03:04:05Z";
    app.patch(Role::Receptionist, &person, 1, json!({ "deceased": { "at": at } })).await.expect(200);
    let path = format!("/api/v1/encounters/{stay}/discharge");
    app.post(Role::Doctor, &path, json!({ "disposition": "exp" })).await.expect(200);
    let why = json!({ "reason": "another patient" });
    for _ in 0..2 {
        let seen = app.get(Role::Doctor, &person).await.expect(200).body;
        assert_eq!(seen["deceased"]["at"], at, "{seen:#}");
        app.post(Role::Nurse, &format!("/api/v1/encounters/{stay}/entered-in-error"), why.clone()).await;
    }
}

/// A death that was registered without a time is known, too: no visit tells it, and none takes it back.
#[tokio::test]
async fn a_death_of_no_known_time_is_not_taken_back_by_a_visit() {
    let app = spawn_app().await;
    let patient = register(&app).await;
    let stay = admit(&app, &patient).await;
    let person = format!("/api/v1/patients/{patient}");
    app.patch(Role::Receptionist, &person, 1, json!({ "deceased": {} })).await.expect(200);
    let path = format!("/api/v1/encounters/{stay}/discharge");
    app.post(Role::Doctor, &path, json!({ "disposition": "exp" })).await.expect(200);
    let why = json!({ "reason": "another patient" });
    app.post(Role::Nurse, &format!("/api/v1/encounters/{stay}/entered-in-error"), why).await.expect(200);
    let seen = app.get(Role::Doctor, &person).await.expect(200).body;
    assert!(seen["deceased"].is_object(), "{seen:#}");
}
