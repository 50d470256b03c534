use futures::future::join_all;
use healthcare_application::Role;
use healthcare_tests::app::spawn_app;

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
