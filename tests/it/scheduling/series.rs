use chrono::Duration;
use healthcare_application::Role;
use healthcare_tests::app::{Answer, TestApp, spawn_app};
use serde_json::{Value, json};

use super::{Clinic, in_hours};
use crate::patient::register;

async fn book(app: &TestApp, clinic: &Clinic<'_>, patient: &str, count: u16) -> Answer {
    let mut body = clinic.at(in_hours(30));
    body["every_days"] = json!(1);
    body["count"] = json!(count);
    app.post(Role::Receptionist, &format!("/api/v1/patients/{patient}/appointment-series"), body).await
}

fn ids(body: &Value) -> Vec<String> {
    let all = body["appointments"].as_array().expect("appointments").iter();
    all.map(|one| one.as_str().expect("an id").to_owned()).collect()
}

#[tokio::test]
async fn a_series_is_booked_whole_or_not_at_all() {
    let app = spawn_app().await;
    let clinic = Clinic::open_in(&app, "UTC").await;
    let (one, other) = (register(&app).await, register(&app).await);
    for day in [1, 3] {
        clinic.book(&other, in_hours(30) + Duration::days(day)).await.expect(201);
    }
    let refused = book(&app, &clinic, &one, 5).await.expect_problem(409, "/problems/appointment/conflicts", &[]);
    assert_eq!(
        refused.body["conflicts"].as_array().map(Vec::len),
        Some(4),
        "two days, two resources: {}",
        refused.body
    );
    assert_eq!(app.count("read.appointment").await, 2, "nothing of it was booked");
    book(&app, &clinic, &one, 61).await.expect(422);
}

#[tokio::test]
async fn one_the_following_or_all_of_a_series_are_edited() {
    let app = spawn_app().await;
    let clinic = Clinic::open_in(&app, "UTC").await;
    let patient = register(&app).await;
    let all = ids(&book(&app, &clinic, &patient, 5).await.expect(200).body);
    let first = in_hours(30);
    let starts = async || {
        let mut starts = vec![];
        for id in &all {
            let seen = clinic.see(id).await;
            let start: chrono::DateTime<chrono::Utc> = seen["start"].as_str().expect("a time").parse().expect("a time");
            starts.push((start - first).num_minutes() % (24 * 60));
        }
        starts
    };
    // By ten minutes each: into what they themselves took before.
    let later = |day: i64, minutes: i64| first + Duration::days(day) + Duration::minutes(minutes);
    clinic.conduct(&all[1], "reschedule", json!({ "start": later(1, 10) })).await.expect(200);
    assert_eq!(starts().await, [0, 10, 0, 0, 0]);
    let body = json!({ "start": later(3, 40), "scope": "following" });
    clinic.conduct(&all[3], "reschedule", body).await.expect(200);
    assert_eq!(starts().await, [0, 10, 0, 40, 40]);
    let body = json!({ "start": later(0, 10), "scope": "all" });
    clinic.conduct(&all[0], "reschedule", body).await.expect(200);
    assert_eq!(starts().await, [10, 20, 10, 50, 50]);

    let off = json!({ "reason": "pat-mv", "scope": "following" });
    let off = clinic.conduct(&all[2], "cancel", off).await.expect(200);
    assert_eq!(off.body["cancelled"].as_array().map(Vec::len), Some(3));
    let mut states = vec![];
    for id in &all {
        states.push(clinic.see(id).await["status"].clone());
    }
    assert_eq!(states, ["booked", "booked", "cancelled", "cancelled", "cancelled"]);
}
