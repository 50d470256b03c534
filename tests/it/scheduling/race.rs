use std::time::Duration;

use futures::future::{join, join_all};
use healthcare_application::Role;
use healthcare_tests::{app::spawn_app, server::until};
use serde_json::json;

use super::{Clinic, in_hours};
use crate::patient::register;

/// 200 clients want one slot at once: one has it, and each of the others is told what is in the way.
#[tokio::test]
async fn of_two_hundred_who_want_one_slot_one_has_it() {
    let app = spawn_app().await;
    let clinic = Clinic::open(&app).await;
    let mut patients = vec![];
    for _ in 0..20 {
        patients.push(register(&app).await);
    }
    app.token(Role::Receptionist).await;
    let start = in_hours(30);
    let answers = join_all((0..200).map(|n| clinic.book(&patients[n % 20], start))).await;
    let booked = answers.iter().filter(|one| one.status == 201).count();
    assert_eq!(booked, 1);
    for answer in answers.into_iter().filter(|one| one.status != 201) {
        let refused = answer.expect_problem(409, "/problems/appointment/conflicts", &[]);
        assert_eq!(refused.body["conflicts"].as_array().map(Vec::len), Some(2), "{}", refused.body);
    }
    assert_eq!(app.count("es.event where stream_type = 'appointment'").await, 1);
    assert_eq!(app.count("read.booking where active").await, 2);
}

/// The constraint holds by itself, whoever writes: a second row for the same resource and time is refused.
#[tokio::test]
async fn the_database_alone_keeps_a_resource_from_two_appointments() {
    let app = spawn_app().await;
    let clinic = Clinic::open(&app).await;
    clinic.book(&register(&app).await, in_hours(30)).await.expect(201);
    let copy = |shift: &str| {
        format!(
            "insert into read.booking select gen_random_uuid(), resource_id, version, patient_id,
                tstzrange(lower(during) + {shift}, upper(during) + {shift}), active, overbooked, hold_until
             from read.booking limit 1"
        )
    };
    let owner = app.owner().await;
    let refused = owner.execute(&copy("interval '19 minutes'"), &[]).await.expect_err("it overlaps");
    assert_eq!(refused.as_db_error().and_then(|e| e.constraint()), Some("booking_once"));
    owner.execute(&copy("interval '20 minutes'"), &[]).await.expect("it begins where the other ends");
}

/// Somebody books while the doctor closes: who closes waits for a booking that is being stored, and a booking that was
/// decided before the closure is decided again behind it.
#[tokio::test]
async fn a_booking_and_a_closure_come_one_after_the_other() {
    let app = spawn_app().await;
    let clinic = Clinic::open(&app).await;
    let patient = register(&app).await;
    let closures = format!("/api/v1/schedules/{}/closures", clinic.doctor);
    let closure = json!({ "from": in_hours(29), "until": in_hours(33), "reason": "illness" });
    let lock = format!("begin; select pg_advisory_xact_lock(hashtextextended('booking:{}', 0))", clinic.doctor);
    let other = app.owner().await;
    let queue = format!(
        "pg_locks where locktype = 'advisory' and not granted
            and classid::bigint << 32 | objid::bigint = hashtextextended('booking:{}', 0)",
        clinic.doctor
    );
    let waiting = async || {
        let waits = async || (app.count(&queue).await > 0).then_some(());
        until("somebody to wait for the resource", Duration::from_secs(60), waits).await;
    };

    // The test stands for a booking on its way: the closure waits.
    other.batch_execute(&lock).await.expect("locked");
    let closing = app.post(Role::Receptionist, &closures, closure.clone());
    let (closed, ()) = join(closing, async {
        waiting().await;
        assert_eq!(app.count("es.event where event_type = 'schedule.closed'").await, 0);
        other.batch_execute("rollback").await.expect("given up");
    })
    .await;
    closed.expect(200);
    app.post(Role::Receptionist, &format!("{closures}/1/remove"), json!({})).await.expect(200);

    // The test stands for the closure: the booking found the day open, and waits.
    other.batch_execute(&lock).await.expect("locked");
    let booking = clinic.book(&patient, in_hours(30));
    let (booked, ()) = join(booking, async {
        waiting().await;
        let close = "update read.entry set body = jsonb_set(body::jsonb, '{closures,2}', $2::text::jsonb)::text
            where id = $1::text::uuid";
        let rows = other.execute(close, &[&clinic.doctor, &closure.to_string()]).await.expect("closed");
        assert_eq!(rows, 1);
        other.batch_execute("commit").await.expect("stored");
    })
    .await;
    let refused = booked.expect_problem(409, "/problems/appointment/conflicts", &[]);
    assert_eq!(refused.body["conflicts"][0]["why"], "closed", "{}", refused.body);
    assert_eq!(app.count("es.event where stream_type = 'appointment'").await, 0);
}
