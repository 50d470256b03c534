use futures::future::join_all;
use healthcare_application::Role;
use healthcare_tests::app::{Ask, spawn_app};
use reqwest::Method;
use serde_json::json;

use super::{Ward, admit_to};
use crate::patient::register;

/// Forty nurses put forty patients into one bed at once: one lies in it, and each of the others is told which bed it is
/// and that somebody is.
#[tokio::test]
async fn of_forty_who_want_one_bed_one_has_it() {
    let app = spawn_app().await;
    let ward = Ward::open(&app, "West").await;
    let bed = ward.bed("1").await;
    let mut patients = vec![];
    for _ in 0..40 {
        patients.push(register(&app).await);
    }
    let answers = join_all(patients.iter().map(|patient| admit_to(&app, patient, &bed))).await;
    assert_eq!(answers.iter().filter(|one| one.status == 201).count(), 1);
    for answer in answers.into_iter().filter(|one| one.status != 201) {
        let refused = answer.expect_problem(409, "/problems/bed/not-free", &[]);
        assert_eq!((&refused.body["bed"]["id"], &refused.body["bed"]["state"]), (&json!(bed), &json!("occupied")));
    }
    assert_eq!(app.count("es.event where stream_type = 'encounter'").await, 1, "nobody else was admitted");
    assert_eq!(app.count("read.encounter where bed_id is not null").await, 1);
}

/// Two patients are moved into the bed that is left at once.
#[tokio::test]
async fn of_two_who_are_moved_into_one_bed_one_lies_in_it_and_the_other_where_they_were() {
    let app = spawn_app().await;
    let ward = Ward::open(&app, "West").await;
    let (first, second, wanted) = (ward.bed("1").await, ward.bed("2").await, ward.bed("3").await);
    let mut stays = vec![];
    for bed in [&first, &second] {
        stays.push(admit_to(&app, &register(&app).await, bed).await.expect(201).id());
    }
    let moves = stays.iter().map(|stay| {
        let path = format!("/api/v1/encounters/{stay}/transfer");
        let body = json!({ "bed_id": wanted });
        let app = &app;
        async move { app.post(Role::Nurse, &path, body).await }
    });
    let mut answers: Vec<u16> = join_all(moves).await.iter().map(|one| one.status).collect();
    answers.sort_unstable();
    assert_eq!(answers, [200, 409]);
    let mut states: Vec<String> = vec![];
    for bed in [&first, &second, &wanted] {
        states.push(ward.state(bed).await);
    }
    states.sort_unstable();
    assert_eq!(states, ["cleaning", "occupied", "occupied"]);
}

/// The database alone keeps a bed from two visits, whoever writes.
#[tokio::test]
async fn the_database_alone_keeps_a_bed_from_two_visits() {
    let app = spawn_app().await;
    let ward = Ward::open(&app, "West").await;
    let (bed, other) = (ward.bed("1").await, ward.bed("2").await);
    admit_to(&app, &register(&app).await, &bed).await.expect(201);
    admit_to(&app, &register(&app).await, &other).await.expect(201);
    let owner = app.owner().await;
    let twice = "update read.encounter set bed_id = (select min(bed_id::text)::uuid from read.encounter)";
    let refused = owner.execute(twice, &[]).await.expect_err("two visits would hold one bed");
    assert_eq!(refused.as_db_error().and_then(|e| e.constraint()), Some("bed_held_once"));
    let twice = "update read.bed set encounter_id = (select min(encounter_id::text)::uuid from read.bed)";
    let refused = owner.execute(twice, &[]).await.expect_err("one visit would hold two beds");
    assert_eq!(refused.as_db_error().and_then(|e| e.constraint()), Some("bed_encounter_once"));
}

/// The same command sent twice at once is done once, and both are answered alike.
#[tokio::test]
async fn the_same_key_at_once_admits_once() {
    let app = spawn_app().await;
    let ward = Ward::open(&app, "West").await;
    let (bed, patient) = (ward.bed("1").await, register(&app).await);
    let token = app.token(Role::Receptionist).await;
    let path = format!("/api/v1/patients/{patient}/encounters");
    let ask = || {
        let request = app.anonymous(Method::POST, &path).bearer_auth(&token).header("idempotency-key", "once");
        request.json(&json!({ "class": "inpatient", "bed_id": bed })).answer()
    };
    let answers = join_all((0..12).map(|_| ask())).await;
    let ids: std::collections::BTreeSet<String> = answers.into_iter().map(|answer| answer.expect(201).id()).collect();
    assert_eq!(ids.len(), 1, "{ids:?}");
    assert_eq!(app.count("es.event where stream_type = 'encounter'").await, 1);
    assert_eq!(app.count("es.event where stream_type = 'bed' and version = 2").await, 1);
}
