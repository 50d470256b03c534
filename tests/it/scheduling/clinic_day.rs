use healthcare_application::{Role, clock::Clock};
use healthcare_domain::id::PatientId;
use healthcare_infrastructure::clock::SystemClock;
use healthcare_tests::app::{Ask, spawn_app};
use reqwest::Method;
use serde_json::json;

use super::{Clinic, in_hours};
use crate::patient::register;

/// A day at the reception: one comes and is seen, one does not come, one calls off, and who waited comes instead.
#[tokio::test]
async fn a_clinic_day() {
    let app = spawn_app().await;
    let clinic = Clinic::open(&app).await;
    let people: Vec<String> = {
        let mut all = vec![];
        for _ in 0..4 {
            all.push(register(&app).await);
        }
        all
    };
    // The desk looks for a slot and books what it finds.
    let (from, until) = (in_hours(2), in_hours(4));
    let slots = format!(
        "/api/v1/slots?appointment_type={}&from={}&until={}&limit=3",
        clinic.consultation,
        from.format("%Y-%m-%dT%H:%M:%SZ"),
        until.format("%Y-%m-%dT%H:%M:%SZ")
    );
    let found = app.get(Role::Receptionist, &slots).await.expect(200).body;
    assert_eq!(found["items"].as_array().map(Vec::len), Some(3));
    assert!(found["next_cursor"].is_string());
    let slot = &found["items"][0];
    let resources: Vec<_> =
        slot["participants"].as_array().expect("both").iter().map(|one| one["resource"].clone()).collect();
    let body = json!({ "appointment_type": clinic.consultation, "start": slot["start"], "resources": resources });
    let path = format!("/api/v1/patients/{}/appointments", people[0]);
    let seen = app.post(Role::Receptionist, &path, body).await.expect(201).id();
    let again = app.get(Role::Receptionist, &slots).await.expect(200).body;
    assert!(again["items"].as_array().expect("items").iter().all(|one| one["start"] != slot["start"]), "{again}");

    // Who comes is seen.
    clinic.conduct(&seen, "complete", json!({})).await.expect_problem(409, "/problems/appointment/not-now", &[]);
    clinic.conduct(&seen, "check-in", json!({})).await.expect(200);
    app.post(Role::Doctor, &format!("/api/v1/appointments/{seen}/complete"), json!({})).await.expect(200);
    assert_eq!(clinic.see(&seen).await["status"], "fulfilled");

    // Who does not come is missed, once it has begun.
    let later = clinic.book(&people[1], in_hours(10)).await.expect(201).id();
    clinic.conduct(&later, "no-show", json!({})).await.expect_problem(409, "/problems/appointment/not-begun", &[]);
    let missed = clinic.book(&people[1], SystemClock.now() - chrono::Duration::minutes(5)).await.expect(201).id();
    clinic.conduct(&missed, "no-show", json!({})).await.expect(200);
    assert_eq!(clinic.see(&missed).await["status"], "noshow");

    // Who calls off makes room for who waits.
    let off = clinic.book(&people[2], in_hours(20)).await.expect(201).id();
    let entry = clinic.wait(&people[3], "soon").await;
    clinic.conduct(&off, "cancel", json!({ "reason": "nothing" })).await.expect(422);
    clinic.conduct(&off, "cancel", json!({ "reason": "pat-lt", "note": "No bus" })).await.expect(200);
    let cancelled = clinic.see(&off).await;
    assert_eq!(cancelled["cancellation"]["code"]["display"], "Patient: Lack of Transportation");
    clinic.comes_to(&entry, "offered").await;
    clinic.answer(&entry, "accept").await.expect(200);
    clinic.comes_to(&entry, "fulfilled").await;

    // Each event says which FHIR resource it is about, and what was done is in the trail with what was written.
    let own = app.sign_up("own", Role::Patient, Some(PatientId(people[3].parse().expect("an id")))).await;
    let mine = format!("/api/v1/patients/{}/appointments", people[3]);
    let list = app.anonymous(Method::GET, &mine).bearer_auth(&own).answer().await.expect(200).body;
    assert_eq!(list["items"].as_array().map(Vec::len), Some(1), "a patient sees their own: {list}");
    let others = format!("/api/v1/patients/{}/appointments", people[0]);
    app.anonymous(Method::GET, &others).bearer_auth(&own).answer().await.expect(403);
    let all = app.anonymous(Method::GET, "/api/v1/appointments").bearer_auth(&own).answer().await;
    assert_eq!(all.status, 403, "{}", all.body);
    let kinds = app.count("(select distinct event_type from es.event where stream_type = 'appointment') k").await;
    assert_eq!(kinds, 6, "booked, checked in, completed, missed, cancelled, held");
}
