use healthcare_application::Role;
use healthcare_tests::app::{Ask, spawn_app};
use reqwest::Method;
use serde_json::json;

use super::{Ward, admit_to, keep};
use crate::patient::register;

#[tokio::test]
async fn a_ward_is_configured_by_who_keeps_the_house() {
    let app = spawn_app().await;
    let ward = Ward::open(&app, "West").await;
    let nurse = app.post(Role::Nurse, "/api/v1/wards", json!({ "name": "East" })).await;
    nurse.expect_problem(403, "/problems/access/denied", &[]);
    let twice = app.post(Role::Admin, "/api/v1/wards", json!({ "name": "west" })).await;
    twice.expect_problem(409, "/problems/ward/name-taken", &[]);
    let star = app.post(Role::Admin, "/api/v1/wards", json!({ "name": "*" })).await;
    star.expect_problem(422, "/problems/ward/no-name", &[]);

    let path = format!("/api/v1/wards/{}", ward.id);
    let revise = async |name: &str, seen: &str| {
        let request = app.request(Role::Admin, Method::PUT, &path).await.header("if-match", seen);
        request.json(&json!({ "name": name, "demands": { "summary": true } })).answer().await
    };
    revise("West", "\"1\"").await.expect_problem(412, "/problems/request/stale", &["If-Match"]);
    revise("East", "\"2\"").await.expect_problem(422, "/problems/ward/name-changed", &["/name"]);
    revise("West", "\"2\"").await.expect(200);
    let seen = app.get(Role::Receptionist, &path).await.expect(200).body;
    assert_eq!((&seen["demands"]["summary"], &seen["rooms"]["101"]), (&json!(true), &json!([])));

    let room = |verb: &str| format!("{path}/rooms{verb}");
    app.post(Role::Admin, &room(""), json!({ "room": "101" })).await.expect_problem(
        409,
        "/problems/ward/room-exists",
        &[],
    );
    let bed = ward.bed("1").await;
    let same = app.post(Role::Admin, &format!("{path}/beds"), json!({ "room": "101", "name": "1" })).await;
    same.expect_problem(409, "/problems/bed/name-taken", &[]);
    let nowhere = app.post(Role::Admin, &format!("{path}/beds"), json!({ "room": "9", "name": "2" })).await;
    nowhere.expect_problem(422, "/problems/bed/no-such-room", &["/room"]);
    let full = app.post(Role::Admin, &room("/remove"), json!({ "room": "101" })).await;
    full.expect_problem(409, "/problems/ward/has-beds", &[]);
    keep(&app, Role::Admin, &bed, "retire", json!({})).await.expect(200);
    app.post(Role::Admin, &room("/remove"), json!({ "room": "101" })).await.expect(200);
    app.post(Role::Admin, &format!("{path}/close"), json!({})).await.expect(200);
    let closed = app.post(Role::Admin, &room(""), json!({ "room": "1" })).await;
    closed.expect_problem(409, "/problems/ward/closed", &[]);
    // Its name can be given to another.
    Ward::open(&app, "West").await;
}

/// Free, occupied, cleaning, free; and blocked, when nobody is in it.
#[tokio::test]
async fn a_bed_is_free_occupied_cleaned_and_blocked_in_turn() {
    let app = spawn_app().await;
    let ward = Ward::open(&app, "West").await;
    let bed = ward.bed("1").await;
    assert_eq!(ward.state(&bed).await, "free");
    let clean = keep(&app, Role::Nurse, &bed, "clean", json!({})).await;
    clean.expect_problem(409, "/problems/bed/free", &[]);
    keep(&app, Role::Nurse, &bed, "block", json!({ "reason": "infection-control" })).await.expect(200);
    let patient = register(&app).await;
    let refused = admit_to(&app, &patient, &bed).await.expect_problem(409, "/problems/bed/not-free", &[]);
    let told = &refused.body["bed"];
    assert_eq!((&told["name"], &told["state"]), (&json!("1"), &json!("blocked")));
    assert_eq!(told["reason"], "infection-control");
    keep(&app, Role::Nurse, &bed, "unblock", json!({})).await.expect(200);

    let stay = admit_to(&app, &patient, &bed).await.expect(201).id();
    assert_eq!(ward.state(&bed).await, "occupied");
    for (verb, body) in [("block", json!({ "reason": "staffing" })), ("clean", json!({}))] {
        let refused = keep(&app, Role::Nurse, &bed, verb, body).await;
        refused.expect_problem(409, "/problems/bed/occupied", &[]);
    }
    let gone = keep(&app, Role::Admin, &bed, "retire", json!({})).await;
    gone.expect_problem(409, "/problems/bed/occupied", &[]);
    let home = json!({ "disposition": "home" });
    app.post(Role::Doctor, &format!("/api/v1/encounters/{stay}/discharge"), home).await.expect(200);
    assert_eq!(ward.state(&bed).await, "cleaning");
    let refused = admit_to(&app, &register(&app).await, &bed).await;
    refused.expect_problem(409, "/problems/bed/not-free", &[]);
    keep(&app, Role::Nurse, &bed, "clean", json!({})).await.expect(200);
    admit_to(&app, &register(&app).await, &bed).await.expect(201);
}

/// A ward that has beds in the configuration has no others; elsewhere a bed is what people call it.
#[tokio::test]
async fn a_bed_in_words_is_one_of_the_ward_where_the_ward_has_beds() {
    let app = spawn_app().await;
    let ward = Ward::open(&app, "West").await;
    let bed = ward.bed("Window").await;
    let patient = register(&app).await;
    let path = format!("/api/v1/patients/{patient}/encounters");
    let stay = |ward: &str, bed: &str| json!({ "class": "inpatient", "ward": ward, "bed": bed });
    let unknown = app.post(Role::Receptionist, &path, stay("West", "Door")).await;
    unknown.expect_problem(422, "/problems/encounter/no-such-bed", &["/bed"]);
    let one = app.post(Role::Receptionist, &path, stay("West", "window")).await.expect(201).id();
    let seen = app.get(Role::Nurse, &format!("/api/v1/encounters/{one}")).await.expect(200).body;
    assert_eq!((&seen["bed_id"], &seen["bed"], &seen["room"]), (&json!(bed), &json!("Window"), &json!("101")));
    let other = register(&app).await;
    let path = format!("/api/v1/patients/{other}/encounters");
    let taken = app.post(Role::Receptionist, &path, stay("West", "Window")).await;
    taken.expect_problem(409, "/problems/bed/not-free", &[]);
    let nowhere = app.post(Role::Receptionist, &path, stay("Attic", "Door")).await;
    nowhere.expect_problem(422, "/problems/encounter/no-such-ward", &["/ward"]);
    let elsewhere = json!({ "class": "inpatient", "ward": "East", "bed_id": bed });
    let elsewhere = app.post(Role::Receptionist, &path, elsewhere).await;
    elsewhere.expect_problem(422, "/problems/encounter/bed-elsewhere", &["/bed"]);
    let by_telephone = app.post(Role::Receptionist, &path, json!({ "class": "virtual", "bed_id": bed })).await;
    by_telephone.expect_problem(422, "/problems/encounter/holds-no-bed", &[]);
}
