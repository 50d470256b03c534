use chrono::{DateTime, Utc};
use healthcare_application::Role;
use healthcare_tests::app::{TestApp, spawn_app};
use serde_json::json;

use super::{define, resource_with_hours};
use crate::patient::register;

/// Nine o'clock by the clock on the wall, the working day before and after each change of a year: found, booked, and
/// taken then.
async fn book_over_both_changes(app: &TestApp, zone: &str, days: [(&str, &str); 4]) {
    let hours = json!([
        { "day": "monday", "from": "09:00:00", "until": "10:00:00" },
        { "day": "friday", "from": "09:00:00", "until": "10:00:00" },
    ]);
    let doctor = resource_with_hours(app, "practitioner", ("Dr Moss", zone), hours).await;
    let hour = define(app, 60, &["practitioner"]).await;
    let patient = register(app).await;
    for (day, utc) in days {
        let slots = || {
            format!(
                "/api/v1/slots?appointment_type={hour}&resources={doctor}&from={day}T00:00:00Z&until={day}T23:59:00Z"
            )
        };
        let found = app.get(Role::Receptionist, &slots()).await.expect(200).body;
        let items = found["items"].as_array().expect("items");
        assert_eq!(items.len(), 1, "{zone} {day}: {found}");
        assert_eq!(items[0]["local_start"], format!("{day}T09:00:00"), "{zone}");
        let start: DateTime<Utc> = items[0]["start"].as_str().and_then(|text| text.parse().ok()).expect("a time");
        assert_eq!(start.format("%H:%M").to_string(), utc, "{zone} {day}");
        let path = format!("/api/v1/patients/{patient}/appointments");
        let body = json!({ "appointment_type": hour, "start": start, "resources": [doctor] });
        app.post(Role::Receptionist, &path, body).await.expect(201);
        let left = app.get(Role::Receptionist, &slots()).await.expect(200).body;
        assert_eq!(left["items"].as_array().map(Vec::len), Some(0), "{zone} {day}");
        // An hour earlier by UTC is outside of the hours, on the one side of the change or the other.
        let early =
            json!({ "appointment_type": hour, "start": start - chrono::Duration::hours(1), "resources": [doctor] });
        let refused = app.post(Role::Receptionist, &path, early).await.expect(409);
        assert_eq!(refused.body["conflicts"][0]["why"], "outside_hours", "{zone} {day}");
    }
}

#[tokio::test]
async fn both_changes_of_a_year_in_lisbon_and_in_new_york() {
    let app = spawn_app().await;
    let lisbon = [("2027-03-26", "09:00"), ("2027-03-29", "08:00"), ("2027-10-29", "08:00"), ("2027-11-01", "09:00")];
    book_over_both_changes(&app, "Europe/Lisbon", lisbon).await;
    let york = [("2027-03-12", "14:00"), ("2027-03-15", "13:00"), ("2027-11-05", "13:00"), ("2027-11-08", "14:00")];
    book_over_both_changes(&app, "America/New_York", york).await;
}

/// A weekly series stays at nine by the clock on the wall when the clocks change in its middle.
#[tokio::test]
async fn a_series_stays_at_its_local_time() {
    let app = spawn_app().await;
    let hours = json!([{ "day": "monday", "from": "09:00:00", "until": "10:00:00" }]);
    let doctor = resource_with_hours(&app, "practitioner", ("Dr Moss", "Europe/Lisbon"), hours).await;
    let hour = define(&app, 60, &["practitioner"]).await;
    let patient = register(&app).await;
    let body = json!({ "appointment_type": hour, "start": "2027-03-22T09:00:00Z", "every_days": 7, "count": 3,
        "resources": [doctor] });
    let path = format!("/api/v1/patients/{patient}/appointment-series");
    app.post(Role::Receptionist, &path, body).await.expect(200);
    let list = app.get(Role::Receptionist, &format!("/api/v1/patients/{patient}/appointments")).await.expect(200).body;
    let starts: Vec<_> = list["items"].as_array().expect("items").iter().map(|one| one["start"].clone()).collect();
    assert_eq!(starts, ["2027-03-22T09:00:00Z", "2027-03-29T08:00:00Z", "2027-04-05T08:00:00Z"]);
}
