//! Scheduling over the real server.

mod book;
mod calendar;
mod calendar_feed;
mod clinic_day;
mod daylight;
mod lists;
mod move_day;
mod race;
mod rebuilt;
mod series;
mod setup;
mod slots;
mod waitlist;

use chrono::{DateTime, Duration, Timelike, Utc};
use healthcare_application::{Role, clock::Clock};
use healthcare_infrastructure::clock::SystemClock;
use healthcare_tests::app::{Answer, Ask, TestApp};
use reqwest::Method;
use serde_json::{Value, json};

/// A practitioner, a room and a consultation of twenty minutes that takes both.
pub struct Clinic<'a> {
    pub app: &'a TestApp,
    pub doctor: String,
    pub room: String,
    pub consultation: String,
}

/// Adds a resource that is open day and night.
pub async fn open_resource(app: &TestApp, kind: &str, name: &str, zone: &str) -> String {
    let days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
    let hours: Vec<Value> =
        days.iter().map(|day| json!({ "day": day, "from": "00:00:00", "until": "00:00:00" })).collect();
    resource_with_hours(app, kind, (name, zone), json!(hours)).await
}

/// Adds a resource with these hours.
pub async fn resource_with_hours(app: &TestApp, kind: &str, (name, zone): (&str, &str), hours: Value) -> String {
    let body = json!({ "kind": kind, "name": name, "time_zone": zone });
    let id = app.post(Role::Receptionist, "/api/v1/schedules", body).await.expect(201).id();
    let path = format!("/api/v1/schedules/{id}/hours");
    let request = app.request(Role::Receptionist, Method::PUT, &path).await.header("if-match", "\"1\"");
    request.json(&json!({ "hours": hours })).answer().await.expect(200);
    id
}

/// Defines a type of appointment.
pub async fn define(app: &TestApp, minutes: u16, requires: &[&str]) -> String {
    let body = json!({ "name": "Consultation", "kind": "ROUTINE", "duration_minutes": minutes, "requires": requires });
    app.post(Role::Receptionist, "/api/v1/appointment-types", body).await.expect(201).id()
}

impl<'a> Clinic<'a> {
    /// Opens one.
    pub async fn open(app: &'a TestApp) -> Self {
        Self::open_in(app, "Europe/Lisbon").await
    }

    /// Opens one by the clock of a zone.
    pub async fn open_in(app: &'a TestApp, zone: &str) -> Self {
        let doctor = open_resource(app, "practitioner", "Dr Moss", zone).await;
        let room = open_resource(app, "room", "Room 4", zone).await;
        let consultation = define(app, 20, &["practitioner", "room"]).await;
        Self { app, doctor, room, consultation }
    }

    /// What is sent to book at a time.
    pub fn at(&self, start: DateTime<Utc>) -> Value {
        json!({ "appointment_type": self.consultation, "start": start, "resources": [self.doctor, self.room] })
    }

    /// Books at a time, as the reception does.
    pub async fn book(&self, patient: &str, start: DateTime<Utc>) -> Answer {
        self.app.post(Role::Receptionist, &format!("/api/v1/patients/{patient}/appointments"), self.at(start)).await
    }

    /// Does something with an appointment, as the reception does.
    pub async fn conduct(&self, appointment: &str, verb: &str, body: Value) -> Answer {
        self.app.post(Role::Receptionist, &format!("/api/v1/appointments/{appointment}/{verb}"), body).await
    }

    /// An appointment as it stands.
    pub async fn see(&self, appointment: &str) -> Value {
        self.app.get(Role::Receptionist, &format!("/api/v1/appointments/{appointment}")).await.expect(200).body
    }
}

/// A whole hour so many hours from now.
pub fn in_hours(hours: i64) -> DateTime<Utc> {
    let at = SystemClock.now() + Duration::hours(hours);
    at.with_minute(0).and_then(|at| at.with_second(0)).and_then(|at| at.with_nanosecond(0)).expect("a time")
}
