use chrono::{DateTime, Datelike, Duration, Utc};
use healthcare_application::Role;
use healthcare_tests::app::{TestApp, spawn_app};
use serde_json::{Value, json};

use super::{Clinic, define, in_hours, open_resource, resource_with_hours};
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

/// Who asks for one doctor is given the room as well: any that is free, unless one is named too.
#[tokio::test]
async fn a_doctor_is_named_and_the_room_is_found() {
    let app = spawn_app().await;
    let clinic = Clinic::open(&app).await;
    let other = open_resource(&app, "practitioner", "Dr Fern", "Europe/Lisbon").await;
    let second = open_resource(&app, "room", "Room 5", "Europe/Lisbon").await;
    let time = |at: DateTime<Utc>| at.format("%Y-%m-%dT%H:%M:%SZ").to_string();
    let start = in_hours(30);
    let found = async |named: &[&String]| -> Vec<(Value, Vec<Value>)> {
        let named: Vec<&str> = named.iter().map(|one| one.as_str()).collect();
        let path = format!(
            "/api/v1/slots?appointment_type={}&from={}&until={}&resources={}",
            clinic.consultation,
            time(start),
            time(start + Duration::hours(1)),
            named.join(",")
        );
        let items = app.get(Role::Receptionist, &path).await.expect(200).body["items"].as_array().cloned();
        let with = |slot: &Value| {
            let all = slot["participants"].as_array().expect("with whom").iter();
            all.map(|one| one["resource"].clone()).collect::<Vec<_>>()
        };
        items.expect("items").iter().map(|slot| (slot["start"].clone(), with(slot))).collect()
    };
    let slots = found(&[&clinic.doctor]).await;
    assert_eq!(slots.len(), 3, "twenty minutes each: {slots:?}");
    for (_, with) in &slots {
        assert_eq!(with[0], json!(clinic.doctor), "{slots:?}");
        assert!([json!(clinic.room), json!(second)].contains(&with[1]), "{slots:?}");
    }
    // The one room is taken: the other is found. Both are taken: nothing is.
    let patient = register(&app).await;
    let path = format!("/api/v1/patients/{patient}/appointments");
    let body = |resources: [&String; 2]| json!({ "appointment_type": clinic.consultation, "start": start, "resources": resources });
    app.post(Role::Receptionist, &path, body([&other, &clinic.room])).await.expect(201);
    assert_eq!(found(&[&clinic.doctor]).await[0], (json!(start), vec![json!(clinic.doctor), json!(second)]));
    assert_eq!(found(&[&clinic.doctor, &clinic.room]).await.len(), 2, "the named room alone");
    assert_eq!(found(&[&clinic.doctor, &other, &second]).await[0].1[0], json!(clinic.doctor), "either, who is free");
    let third = open_resource(&app, "practitioner", "Dr Hale", "Europe/Lisbon").await;
    app.post(Role::Receptionist, &path, body([&third, &second])).await.expect(201);
    let left = found(&[&clinic.doctor]).await;
    assert!(left.len() == 2 && left.iter().all(|(at, _)| *at != json!(start)), "{left:?}");

    // What cannot be asked for is said, not answered with nothing.
    let refused = async |appointment_type: &str, resource: &str, kind: &str| {
        let path = format!(
            "/api/v1/slots?appointment_type={appointment_type}&from={}&until={}&resources={resource}",
            time(start),
            time(start + Duration::hours(1)),
        );
        app.get(Role::Receptionist, &path).await.expect_problem(422, kind, &["/resources"]);
    };
    let nobody = app.platform.app.clock.new_id().to_string();
    refused(&clinic.consultation, &nobody, "/problems/appointment/no-such-resource").await;
    let alone = define(&app, 20, &["practitioner"]).await;
    refused(&alone, &clinic.room, "/problems/appointment/wrong-resources").await;
}

/// A type that names a kind twice takes two of it: found together, booked together, and neither of them a second time.
#[tokio::test]
async fn an_appointment_takes_two_nurses() {
    let app = spawn_app().await;
    let mut nurses = vec![];
    for name in ["Nia", "Ned", "Noa"] {
        nurses.push(open_resource(&app, "practitioner", name, "Europe/Lisbon").await);
    }
    let room = open_resource(&app, "room", "Room 4", "Europe/Lisbon").await;
    let dressing = define(&app, 30, &["practitioner", "practitioner", "room"]).await;
    let time = |at: DateTime<Utc>| at.format("%Y-%m-%dT%H:%M:%SZ").to_string();
    let start = in_hours(30);
    let path = format!(
        "/api/v1/slots?appointment_type={dressing}&from={}&until={}",
        time(start),
        time(start + Duration::minutes(30))
    );
    let with = |slot: &Value| -> Vec<String> {
        let all = slot["participants"].as_array().expect("with whom").iter();
        all.map(|one| one["resource"].as_str().expect("an id").to_owned()).collect()
    };
    let mut pairs = vec![];
    for slot in paged(&app, &path, 1).await {
        let taken = with(&slot);
        assert!(taken.len() == 3 && taken[0] != taken[1] && taken[2] == room, "{slot:#}");
        let mut pair = taken[..2].to_vec();
        pair.sort_unstable();
        pairs.push(pair);
    }
    let all = pairs.len();
    pairs.sort_unstable();
    pairs.dedup();
    assert_eq!((all, pairs.len()), (2, 2), "each pair once, and nobody left out: {pairs:?}");
    let named = paged(&app, &format!("{path}&resources={}", nurses[2]), 200).await;
    assert!(!named.is_empty() && named.iter().all(|slot| with(slot).contains(&nurses[2])), "{named:#?}");

    let patient = register(&app).await;
    let path = format!("/api/v1/patients/{patient}/appointments");
    let book = |resources: &[&String]| {
        let body = json!({ "appointment_type": dressing, "start": start, "resources": resources });
        app.post(Role::Receptionist, &path, body)
    };
    let one_too_few = book(&[&nurses[0], &room]).await;
    one_too_few.expect_problem(422, "/problems/appointment/wrong-resources", &["/resources"]);
    assert_eq!(book(&[&nurses[0], &nurses[0], &room]).await.status, 422, "nobody is there twice");
    book(&[&nurses[1], &room, &nurses[0]]).await.expect(201);
    let other_room = open_resource(&app, "room", "Room 5", "Europe/Lisbon").await;
    let taken = book(&[&nurses[2], &nurses[0], &other_room]).await.expect(409);
    let conflicts = taken.body["conflicts"].as_array().expect("what is in the way");
    assert_eq!(
        conflicts.iter().map(|one| one["resource"].clone()).collect::<Vec<_>>(),
        [json!(nurses[0])],
        "{taken:?}"
    );
}
