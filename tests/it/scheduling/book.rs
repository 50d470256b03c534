use chrono::Duration;
use healthcare_application::Role;
use healthcare_tests::{
    app::{Ask, spawn_app},
    server::until,
};
use reqwest::Method;
use serde_json::{Value, json};

use super::{Clinic, in_hours, open_resource};
use crate::patient::register;

fn conflicts(body: &Value) -> Vec<(String, String)> {
    let all = body["conflicts"].as_array().expect("conflicts").iter();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let mut all: Vec<_> = all.map(|one| (text(&one["name"]), text(&one["why"]))).collect();
    all.sort();
    all
}

#[tokio::test]
async fn a_refusal_lists_all_that_is_in_the_way_and_who_only_to_who_may_see_them() {
    let app = spawn_app().await;
    let clinic = Clinic::open(&app).await;
    let (one, other) = (register(&app).await, register(&app).await);
    let start = in_hours(30);
    let booked = clinic.book(&one, start).await.expect(201).id();
    let closure =
        json!({ "from": start + Duration::minutes(15), "until": start + Duration::hours(2), "reason": "maintenance" });
    app.post(Role::Receptionist, &format!("/api/v1/schedules/{}/closures", clinic.room), closure).await.expect(200);

    let refused = clinic.book(&other, start + Duration::minutes(10)).await;
    let refused = refused.expect_problem(409, "/problems/appointment/conflicts", &[]);
    let told = [("Dr Moss", "taken"), ("Room 4", "closed"), ("Room 4", "taken")];
    assert_eq!(conflicts(&refused.body), told.map(|(name, why)| (name.to_owned(), why.to_owned())));
    let taken = refused.body["conflicts"].as_array().expect("a list").iter().find(|one| one["why"] == "taken");
    assert_eq!(taken.expect("taken")["patient"], json!(one));
    assert_eq!(taken.expect("taken")["appointment"], json!(booked));

    // A nurse of another ward books too, but is not told who is in the way.
    let (_, stranger) = app.hire("stranger", Role::Nurse, &["Z"]).await;
    let path = format!("/api/v1/patients/{other}/appointments");
    let refused = app.anonymous(Method::POST, &path).bearer_auth(&stranger).json(&clinic.at(start)).answer().await;
    let refused = refused.expect_problem(409, "/problems/appointment/conflicts", &[]);
    assert!(
        !refused.body.to_string().contains(&one) && !refused.body.to_string().contains(&booked),
        "{}",
        refused.body
    );
    assert_eq!(conflicts(&refused.body).len(), 3);

    // What is free again may be booked.
    clinic.conduct(&booked, "cancel", json!({ "reason": "pat-fb" })).await.expect(200);
    app.post(Role::Receptionist, &format!("/api/v1/schedules/{}/closures/1/remove", clinic.room), json!({}))
        .await
        .expect(200);
    clinic.book(&other, start).await.expect(201);
}

#[tokio::test]
async fn what_is_taken_is_overbooked_with_a_reason_by_who_may() {
    let app = spawn_app().await;
    let clinic = Clinic::open(&app).await;
    let (one, other) = (register(&app).await, register(&app).await);
    let start = in_hours(30);
    clinic.book(&one, start).await.expect(201);
    let mut over = clinic.at(start);
    over["overbook"] = json!("Chest pain, seen between two others");
    let path = format!("/api/v1/patients/{other}/appointments");
    let nurse = app.post(Role::Receptionist, &path, over.clone()).await;
    nurse.expect_problem(403, "/problems/access/denied", &[]);
    app.post(Role::Doctor, &path, over).await.expect(201);
    // Over what was overbooked nobody books by accident.
    let third = register(&app).await;
    let refused = clinic.book(&third, start).await.expect_problem(409, "/problems/appointment/conflicts", &[]);
    assert_eq!(conflicts(&refused.body).len(), 4, "both of them, twice: {}", refused.body);
}

#[tokio::test]
async fn a_hold_keeps_the_time_until_it_is_over() {
    let app = spawn_app().await;
    let clinic = Clinic::open(&app).await;
    let (one, other) = (register(&app).await, register(&app).await);
    let start = in_hours(30);
    let hold = |minutes: u16| {
        let mut body = clinic.at(start);
        body["hold_minutes"] = json!(minutes);
        body
    };
    let path = format!("/api/v1/patients/{one}/appointments");
    app.post(Role::Receptionist, &path, hold(0)).await.expect(422);
    let held = app.post(Role::Receptionist, &path, hold(5)).await.expect(201).id();
    assert_eq!(clinic.see(&held).await["status"], "pending");
    clinic.book(&other, start).await.expect(409);
    clinic.conduct(&held, "confirm", json!({})).await.expect(200);
    assert_eq!(clinic.see(&held).await["status"], "booked");
    clinic.conduct(&held, "release", json!({})).await.expect_problem(409, "/problems/appointment/not-now", &[]);

    // One that ends by itself; the stream is told of a time that is over, as the clock will.
    let start = in_hours(40);
    let mut body = clinic.at(start);
    body["hold_minutes"] = json!(1);
    let held = app.post(Role::Receptionist, &path, body).await.expect(201).id();
    until("the hold to end by itself", std::time::Duration::from_secs(120), async || {
        (clinic.see(&held).await["status"] == "released").then_some(())
    })
    .await;
    clinic.book(&other, start).await.expect(201);
}

#[tokio::test]
async fn what_cannot_be_is_refused_and_a_repeat_books_once() {
    let app = spawn_app().await;
    let clinic = Clinic::open(&app).await;
    let patient = register(&app).await;
    let path = format!("/api/v1/patients/{patient}/appointments");
    let start = in_hours(30);
    let send = async |body: Value| app.post(Role::Receptionist, &path, body).await;
    let past = clinic.at(in_hours(-2));
    send(past).await.expect_problem(422, "/problems/appointment/in-the-past", &["/start"]);
    let mut alone = clinic.at(start);
    alone["resources"] = json!([clinic.doctor]);
    send(alone).await.expect_problem(422, "/problems/appointment/wrong-resources", &["/resources"]);
    let mut unknown = clinic.at(start);
    unknown["resources"] = json!([clinic.doctor, patient]);
    send(unknown).await.expect_problem(422, "/problems/appointment/no-such-resource", &["/resources"]);
    let nobody = format!("/api/v1/patients/{}/appointments", clinic.room);
    app.post(Role::Receptionist, &nobody, clinic.at(start)).await.expect(404);
    app.post(Role::LabTechnician, &path, clinic.at(start)).await.expect_problem(403, "/problems/access/denied", &[]);

    let twice = async || {
        let request = app.request(Role::Receptionist, Method::POST, &path).await.header("idempotency-key", "once");
        request.json(&clinic.at(start)).answer().await.expect(201)
    };
    let (first, second) = (twice().await, twice().await);
    assert_eq!(first.id(), second.id());
    assert_eq!(second.header("idempotent-replayed"), Some("true"));
    assert_eq!(app.count("read.appointment").await, 1);
}

#[tokio::test]
async fn an_appointment_moves_where_it_is_free_and_frees_where_it_was() {
    let app = spawn_app().await;
    let clinic = Clinic::open(&app).await;
    let (one, other) = (register(&app).await, register(&app).await);
    let (here, there) = (in_hours(30), in_hours(31));
    let mine = clinic.book(&one, here).await.expect(201).id();
    clinic.book(&other, there).await.expect(201);
    let to = |start| json!({ "start": start });
    clinic.conduct(&mine, "reschedule", to(there)).await.expect_problem(409, "/problems/appointment/conflicts", &[]);
    // Into what it overlaps itself it may move.
    clinic.conduct(&mine, "reschedule", to(here + Duration::minutes(10))).await.expect(200);
    let path = format!("/api/v1/appointments/{mine}/reschedule");
    let stale = app.request(Role::Receptionist, Method::POST, &path).await.header("if-match", "\"1\"");
    stale.json(&to(here)).answer().await.expect_problem(412, "/problems/request/stale", &["If-Match"]);
    let other_doctor = open_resource(&app, "practitioner", "Dr Fern", "UTC").await;
    let with = json!({ "start": in_hours(33), "resources": [other_doctor, clinic.room] });
    clinic.conduct(&mine, "reschedule", with).await.expect(200);
    clinic.book(&other, here).await.expect(201);
    let seen = clinic.see(&mine).await;
    assert_eq!((&seen["start"], &seen["version"]), (&json!(in_hours(33)), &json!(3)));
}
