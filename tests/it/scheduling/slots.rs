use chrono::{DateTime, Datelike, Duration, Utc};
use healthcare_application::Role;
use healthcare_tests::app::{TestApp, spawn_app};
use serde_json::{Value, json};

use super::{define, in_hours, resource_with_hours};
use crate::patient::register;

/// The slots of a month, in pages of so many.
async fn paged(app: &TestApp, path: &str, limit: usize) -> Vec<Value> {
    let (mut all, mut cursor) = (vec![], String::new());
    loop {
        let page = app.get(Role::Receptionist, &format!("{path}&limit={limit}{cursor}")).await.expect(200).body;
        all.extend(page["items"].as_array().expect("items").clone());
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return all,
        }
    }
}

/// A month in which somebody is there once a week: its pages, however small, hold each slot once and what is booked never.
#[tokio::test]
async fn pages_of_a_month_hold_every_slot_once() {
    let app = spawn_app().await;
    let day = (in_hours(0) + Duration::days(5)).weekday();
    let day = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
        [day.num_days_from_monday() as usize];
    let hours = json!([{ "day": day, "from": "08:00:00", "until": "10:00:00", "slot_minutes": 30 }]);
    let mut doctors = vec![];
    for name in ["Dr Moss", "Dr Fern"] {
        doctors.push(resource_with_hours(&app, "practitioner", (name, "Europe/Lisbon"), hours.clone()).await);
    }
    let visit = define(&app, 30, &["practitioner"]).await;
    let time = |at: DateTime<Utc>| at.format("%Y-%m-%dT%H:%M:%SZ").to_string();
    let (from, until) = (time(in_hours(1)), time(in_hours(1) + Duration::days(28)));
    let path = format!("/api/v1/slots?appointment_type={visit}&from={from}&until={until}");
    let all = paged(&app, &path, 200).await;
    assert_eq!(all.len(), 4 * 4 * 2, "four weeks, four slots, two people");
    let starts: Vec<&str> = all.iter().map(|slot| slot["start"].as_str().expect("a start")).collect();
    assert!(starts.is_sorted(), "{starts:?}");
    for limit in [1, 3, 32] {
        assert_eq!(paged(&app, &path, limit).await, all, "in pages of {limit}");
    }

    // One of the third week is taken; the one before and the one behind it are not.
    let taken = &all[18];
    let resource = &taken["participants"][0]["resource"];
    let booking = json!({ "appointment_type": visit, "start": taken["start"], "resources": [resource] });
    let patient = register(&app).await;
    app.post(Role::Receptionist, &format!("/api/v1/patients/{patient}/appointments"), booking).await.expect(201);
    let left: Vec<Value> = all.iter().filter(|slot| *slot != taken).cloned().collect();
    for limit in [3, 200] {
        assert_eq!(paged(&app, &path, limit).await, left, "in pages of {limit}");
    }
}
