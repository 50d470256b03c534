//! The days on which the clocks change, of zones in the north and in the south, by an hour and by half of one, in the night
//! and at midnight. They are looked up from today on, so that they lie ahead whenever this runs.

use std::collections::BTreeSet;

use chrono::{DateTime, Duration, NaiveDate, NaiveDateTime, NaiveTime, Offset, TimeZone, Utc};
use chrono_tz::Tz;
use healthcare_application::Role;
use healthcare_tests::app::{TestApp, spawn_app};
use serde_json::{Value, json};

use super::{define, in_hours, open_resource, resource_with_hours};
use crate::patient::register;

const ZONES: [&str; 6] = [
    "Europe/Lisbon",
    "America/New_York",
    "Australia/Sydney",
    // By half an hour.
    "Australia/Lord_Howe",
    // At midnight: the day begins at one, or its last hour comes twice.
    "America/Santiago",
    "Africa/Cairo",
];

/// A change of the clocks: the first instant after it, and by how much they are put forward.
#[derive(Debug, Clone, Copy)]
struct Change {
    at: DateTime<Utc>,
    forward: Duration,
}

fn tz(zone: &str) -> Tz {
    zone.parse().expect("a zone")
}

/// What the clock on the wall shows.
fn local(zone: &str, at: DateTime<Utc>) -> NaiveDateTime {
    at.with_timezone(&tz(zone)).naive_local()
}

/// The next two changes of a zone, far enough ahead for a week before them to lie ahead too.
fn changes(zone: &str) -> [Change; 2] {
    let offset = |at: DateTime<Utc>| at.with_timezone(&tz(zone)).offset().fix().local_minus_utc();
    let (mut at, step) = (in_hours(10 * 24), Duration::minutes(15));
    let mut found = vec![];
    while found.len() < 2 {
        let next = at + step;
        let forward = offset(next) - offset(at);
        if forward != 0 {
            found.push(Change { at: next, forward: Duration::seconds(forward.into()) });
        }
        at = next;
        assert!(at < in_hours(700 * 24), "{zone} changes its clocks twice a year");
    }
    [found[0], found[1]]
}

/// The free slots with somebody that begin within a stretch.
async fn slots(app: &TestApp, of: (&str, &str), from: DateTime<Utc>, until: DateTime<Utc>) -> Vec<Value> {
    let time = |at: DateTime<Utc>| at.format("%Y-%m-%dT%H:%M:%SZ").to_string();
    let (visit, doctor) = of;
    let path =
        format!("/api/v1/slots?appointment_type={visit}&resources={doctor}&from={}&until={}", time(from), time(until));
    let found = app.get(Role::Receptionist, &path).await.expect(200).body;
    found["items"].as_array().expect("items").clone()
}

fn begins(slot: &Value) -> DateTime<Utc> {
    slot["start"].as_str().and_then(|text| text.parse().ok()).expect("a time")
}

/// In the hours around a change, who is there day and night is free without a gap and never twice, the wall clock leaps,
/// and what begins with the change and what ends with it are two appointments.
#[tokio::test]
async fn the_hours_around_every_change_are_searched_and_booked() {
    let app = spawn_app().await;
    let visit = define(&app, 30, &["practitioner"]).await;
    let patient = register(&app).await;
    let path = format!("/api/v1/patients/{patient}/appointments");
    for zone in ZONES {
        let doctor = open_resource(&app, "practitioner", "Dr Moss", zone).await;
        for Change { at, forward } in changes(zone) {
            let (from, until) = (at - Duration::hours(3), at + Duration::hours(3));
            let found = slots(&app, (&visit, &doctor), from, until).await;
            let starts: Vec<DateTime<Utc>> = found.iter().map(begins).collect();
            let every: Vec<DateTime<Utc>> = (0..12).map(|n| from + Duration::minutes(30 * n)).collect();
            assert_eq!(starts, every, "{zone} {at}");
            let walls: Vec<NaiveDateTime> = found
                .iter()
                .map(|slot| slot["local_start"].as_str().and_then(|text| text.parse().ok()).expect("a time"))
                .collect();
            assert_eq!(walls[11] - walls[0], Duration::minutes(330) + forward, "{zone} {at}");
            assert_eq!(walls[6] - walls[5], Duration::minutes(30) + forward, "{zone} {at}: it leaps there");
            let twice = (-forward.num_minutes()).max(0) / 30;
            let distinct = walls.iter().collect::<BTreeSet<_>>().len();
            assert_eq!(i64::try_from(distinct).expect("few"), 12 - twice, "{zone} {at}");

            let book = async |start: DateTime<Utc>| {
                let body = json!({ "appointment_type": visit, "start": start, "resources": [doctor] });
                app.post(Role::Receptionist, &path, body).await
            };
            let (last, first) = (book(at - Duration::minutes(30)).await.expect(201), book(at).await.expect(201));
            for (appointment, start) in [(last, at - Duration::minutes(30)), (first, at)] {
                let path = format!("/api/v1/appointments/{}", appointment.id());
                let stands = app.get(Role::Receptionist, &path).await.expect(200).body;
                assert_eq!(stands["start"], json!(start), "{zone}");
            }
            let refused = book(at - Duration::minutes(15)).await.expect(409);
            let why = refused.body["conflicts"].as_array().expect("what is in the way");
            assert_eq!(why.len(), 2, "{zone} {at}: {why:?}");
            assert!(why.iter().all(|one| one["why"] == "taken"), "{zone} {at}: {why:?}");
            let left: Vec<_> = slots(&app, (&visit, &doctor), from, until).await.iter().map(begins).collect();
            let free: Vec<_> =
                every.into_iter().filter(|one| *one != at && *one != at - Duration::minutes(30)).collect();
            assert_eq!(left, free, "{zone} {at}");
        }
    }
}

/// Nine to ten by the clock on the wall, on the day before each change, the day itself and the day after: found at the hour
/// that it is then, booked, and taken; an hour beside it nobody is there.
#[tokio::test]
async fn nine_is_nine_by_the_wall_on_both_sides_of_every_change() {
    let app = spawn_app().await;
    let visit = define(&app, 60, &["practitioner"]).await;
    let patient = register(&app).await;
    let path = format!("/api/v1/patients/{patient}/appointments");
    for zone in ZONES {
        let doctor = resource_with_hours(&app, "practitioner", ("Dr Moss", zone), nine_to_ten()).await;
        for Change { at, forward } in changes(zone) {
            let day = local(zone, at).date();
            let mut around = vec![];
            for day in [day - Duration::days(1), day, day + Duration::days(1)] {
                let nine = nine(zone, day);
                let (from, until) = (nine - Duration::hours(5), nine + Duration::hours(5));
                let found = slots(&app, (&visit, &doctor), from, until).await;
                assert_eq!(found.len(), 1, "{zone} {day}: {found:?}");
                assert_eq!(found[0]["local_start"], format!("{day}T09:00:00"), "{zone}");
                assert_eq!(begins(&found[0]), nine, "{zone} {day}");
                let beside = nine - Duration::hours(1);
                let early = json!({ "appointment_type": visit, "start": beside, "resources": [doctor] });
                let refused = app.post(Role::Receptionist, &path, early).await.expect(409);
                assert_eq!(refused.body["conflicts"][0]["why"], "outside_hours", "{zone} {day}");
                let body = json!({ "appointment_type": visit, "start": nine, "resources": [doctor] });
                app.post(Role::Receptionist, &path, body).await.expect(201);
                assert_eq!(slots(&app, (&visit, &doctor), from, until).await, Vec::<Value>::new(), "{zone} {day}");
                around.push(nine);
            }
            assert_eq!(around[2] - around[0], Duration::days(2) - forward, "{zone} {at}");
        }
    }
}

/// A weekly series stays at nine by the clock on the wall when the clocks change in its middle.
#[tokio::test]
async fn a_series_stays_at_its_local_time() {
    let app = spawn_app().await;
    let hour = define(&app, 60, &["practitioner"]).await;
    for zone in ["Europe/Lisbon", "Australia/Lord_Howe"] {
        let doctor = resource_with_hours(&app, "practitioner", ("Dr Moss", zone), nine_to_ten()).await;
        for Change { at, .. } in changes(zone) {
            let patient = register(&app).await;
            let day = local(zone, at).date();
            let days = [day - Duration::days(7), day, day + Duration::days(7)];
            let body = json!({ "appointment_type": hour, "start": nine(zone, days[0]), "every_days": 7, "count": 3,
                "resources": [doctor] });
            let path = format!("/api/v1/patients/{patient}/appointment-series");
            app.post(Role::Receptionist, &path, body).await.expect(200);
            let list = format!("/api/v1/patients/{patient}/appointments");
            let list = app.get(Role::Receptionist, &list).await.expect(200).body;
            let starts: Vec<_> = list["items"].as_array().expect("items").iter().map(begins).collect();
            assert_eq!(starts, days.map(|day| nine(zone, day)), "{zone} {at}");
        }
    }
}

/// A daily series at a time that one of its days skips stands behind the change on that day alone, and comes back to its time
/// when it moves.
#[tokio::test]
async fn a_series_does_not_drift_over_a_skipped_time() {
    let app = spawn_app().await;
    let visit = define(&app, 20, &["practitioner"]).await;
    for zone in ZONES {
        let doctor = open_resource(&app, "practitioner", "Dr Moss", zone).await;
        let spring = changes(zone).into_iter().find(|one| one.forward > Duration::zero()).expect("one of the two");
        let patient = register(&app).await;
        // What the clock would have shown at the change is skipped.
        let skipped = local(zone, spring.at) - spring.forward;
        let time = skipped.time();
        let day = skipped.date();
        let days: Vec<NaiveDate> = (-2..=2).map(|n| day + Duration::days(n)).collect();
        let at = |day: NaiveDate, time: NaiveTime| tz(zone).from_local_datetime(&day.and_time(time)).earliest();
        assert_eq!(at(day, time), None, "{zone}: it is skipped");
        let first = at(days[0], time).expect("a time").to_utc();
        let body = json!({ "appointment_type": visit, "start": first, "every_days": 1, "count": 5,
            "resources": [doctor] });
        let path = format!("/api/v1/patients/{patient}/appointment-series");
        let made = app.post(Role::Receptionist, &path, body).await.expect(200).body;
        let list = format!("/api/v1/patients/{patient}/appointments");
        let walls = async || -> Vec<NaiveDateTime> {
            let list = app.get(Role::Receptionist, &list).await.expect(200).body;
            list["items"].as_array().expect("items").iter().map(|one| local(zone, begins(one))).collect()
        };
        let on = |time: NaiveTime| days.iter().map(|day| day.and_time(time)).collect::<Vec<_>>();
        let mut expected = on(time);
        expected[2] += spring.forward;
        assert_eq!(walls().await, expected, "{zone}: an hour later on the day of the change alone");

        let later = time + Duration::hours(4);
        let id = made["appointments"][0].as_str().expect("an id");
        let start = at(days[0], later).expect("a time").to_utc();
        let path = format!("/api/v1/appointments/{id}/reschedule");
        app.post(Role::Receptionist, &path, json!({ "start": start, "scope": "all" })).await.expect(200);
        assert_eq!(walls().await, on(later), "{zone}: each at its time again");
    }
}

/// The clock that people agree by is that of the kind which the type names first, in whatever order the resources are named.
#[tokio::test]
async fn the_order_of_the_request_decides_no_zone() {
    let app = spawn_app().await;
    let (zone, [change, _]) = ("Australia/Lord_Howe", changes("Australia/Lord_Howe"));
    let doctor = open_resource(&app, "practitioner", "Dr Moss", zone).await;
    let room = open_resource(&app, "room", "Room 4", "UTC").await;
    let visit = define(&app, 20, &["practitioner", "room"]).await;
    let patient = register(&app).await;
    let day = local(zone, change.at).date();
    let days = [day - Duration::days(7), day, day + Duration::days(7)];
    let body = json!({ "appointment_type": visit, "start": nine(zone, days[0]), "every_days": 7, "count": 3,
        "resources": [room, doctor] });
    let path = format!("/api/v1/patients/{patient}/appointment-series");
    app.post(Role::Receptionist, &path, body).await.expect(200);
    let list = app.get(Role::Receptionist, &format!("/api/v1/patients/{patient}/appointments")).await.expect(200).body;
    let starts: Vec<_> = list["items"].as_array().expect("items").iter().map(begins).collect();
    assert_eq!(starts, days.map(|day| nine(zone, day)));
    assert_eq!(list["items"][0]["participants"][0]["resource"], json!(doctor));
}

/// A day on which the clocks are put forward is too short for a series of whole days: said, and nothing is booked.
#[tokio::test]
async fn a_series_does_not_overlap_itself() {
    let app = spawn_app().await;
    let zone = "Europe/Lisbon";
    let spring = changes(zone).into_iter().find(|one| one.forward > Duration::zero()).expect("one of the two");
    let doctor = open_resource(&app, "practitioner", "Dr Moss", zone).await;
    let watch = define(&app, 24 * 60, &["practitioner"]).await;
    let patient = register(&app).await;
    let from = nine(zone, local(zone, spring.at).date() - Duration::days(2));
    let path = format!("/api/v1/patients/{patient}/appointment-series");
    let series = |count: u16| json!({ "appointment_type": watch, "start": from, "every_days": 1, "count": count, "resources": [doctor] });
    let refused = app.post(Role::Receptionist, &path, series(4)).await;
    refused.expect_problem(422, "/problems/appointment/impossible", &[]);
    assert_eq!(app.count("read.appointment").await, 0);
    app.post(Role::Receptionist, &path, series(2)).await.expect(200);
}

/// Nine o'clock of a day by the clock on the wall.
fn nine(zone: &str, day: NaiveDate) -> DateTime<Utc> {
    let nine = day.and_time(NaiveTime::from_hms_opt(9, 0, 0).expect("a time"));
    tz(zone).from_local_datetime(&nine).single().expect("it comes once").to_utc()
}

/// The hours of somebody who is there from nine to ten every day.
fn nine_to_ten() -> Value {
    let days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
    let hours = days.iter().map(|day| json!({ "day": day, "from": "09:00:00", "until": "10:00:00" }));
    hours.collect()
}
