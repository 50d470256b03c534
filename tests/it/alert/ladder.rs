use std::{sync::Arc, time::Duration};

use healthcare_application::{
    CommandError, Role,
    alert::{AcknowledgeAlert, acknowledge_alert},
};
use healthcare_domain::{
    alert::{AlertError, Priority, Rung},
    id::{AlertId, PatientId},
};
use healthcare_infrastructure::{
    clock::SystemClock,
    escalation::{EscalationWorker, Firing, fire_one, overdue, restore},
};
use healthcare_tests::record::Record;
use tokio_util::sync::CancellationToken;

use super::{acknowledged, call, each_rung_has, raised, told};

/// Moves the clock that timers go by.
async fn later(record: &Record, by: &str) {
    record
        .owner
        .batch_execute(&format!("update wf.clock set shift = shift + interval '{by}'"))
        .await
        .expect("time passes");
}

async fn fired(record: &Record) -> Option<Firing> {
    fire_one(&record.store, &SystemClock).await.expect("the worker's step")
}

fn roles(told: &[(String, Vec<String>)]) -> Vec<String> {
    told.iter().map(|(what, roles)| format!("{what} {}", roles.join("+"))).collect()
}

async fn staffed(roles: &[&str]) -> Record {
    let record = Record::new().await;
    for role in roles {
        record.account(role).await;
    }
    record
}

#[tokio::test]
async fn the_ladder_is_climbed_in_minutes_and_the_doctor_is_told_again() {
    let record = staffed(&["nurse", "senior_clinician", "doctor"]).await;
    let alert = raised(&record, PatientId(record.id()), "news2", Priority::High).await.id;
    for (rung, minutes) in [(1, "5"), (2, "3"), (3, "2"), (4, "2")] {
        assert_eq!(fired(&record).await, None, "rung {rung} is not due yet");
        later(&record, &format!("{minutes} minutes - 2 seconds")).await;
        assert_eq!(fired(&record).await, None, "rung {rung} is not due two seconds before its time");
        later(&record, "3 seconds").await;
        assert_eq!(overdue(record.store.database()).await.expect("a count"), 1);
        assert_eq!(fired(&record).await, Some(Firing::Escalated(AlertId(alert), Rung(rung))));
        assert_eq!(overdue(record.store.database()).await.expect("a count"), 0);
    }
    assert_eq!(
        roles(&told(&record, alert).await),
        [
            "alert.raised nurse",
            "alert.escalated senior_clinician",
            "alert.escalated doctor",
            "alert.escalated doctor",
            "alert.escalated doctor"
        ]
    );
}

#[tokio::test]
async fn medium_has_its_own_times_and_low_has_no_ladder() {
    let record = staffed(&["nurse", "senior_clinician", "doctor"]).await;
    let patient = PatientId(record.id());
    raised(&record, patient, "low", Priority::Low).await;
    assert_eq!(record.count("wf.timer").await, 0);
    let medium = AlertId(raised(&record, patient, "medium", Priority::Medium).await.id);
    later(&record, "29 minutes 58 seconds").await;
    assert_eq!(fired(&record).await, None);
    later(&record, "3 seconds").await;
    assert_eq!(fired(&record).await, Some(Firing::Escalated(medium, Rung(1))));
}

#[tokio::test]
async fn an_answered_alert_is_silent() {
    let record = staffed(&["nurse", "senior_clinician", "doctor"]).await;
    let nurse = record.account("nurse").await;
    let alert = raised(&record, PatientId(record.id()), "news2", Priority::High).await.id;
    later(&record, "5 minutes").await;
    assert!(matches!(fired(&record).await, Some(Firing::Escalated(_, Rung(1)))));
    assert_eq!(acknowledged(&record, alert, nurse).await.version, 3);
    later(&record, "1 day").await;
    assert_eq!(fired(&record).await, None);
    assert_eq!(record.count("wf.timer where state = 'cancelled'").await, 1);
    let again = AcknowledgeAlert { alert: AlertId(alert), note: None };
    let again = acknowledge_alert(&record.app, &call(&record, nurse, Role::Nurse), again).await;
    assert!(matches!(again, Err(CommandError::Refused(AlertError::AlreadyAcknowledged))));
    let last = told(&record, alert).await;
    assert_eq!(roles(&last)[2], "alert.acknowledged nurse+senior_clinician", "all who were told hear of the answer");
}

#[tokio::test]
async fn what_gets_worse_after_an_answer_climbs_from_the_first_rung() {
    let record = staffed(&["nurse", "senior_clinician", "doctor"]).await;
    let (nurse, patient) = (record.account("nurse").await, PatientId(record.id()));
    let alert = raised(&record, patient, "news2", Priority::Medium).await.id;
    later(&record, "31 minutes").await;
    assert!(matches!(fired(&record).await, Some(Firing::Escalated(_, Rung(1)))));
    acknowledged(&record, alert, nurse).await;
    raised(&record, patient, "news2", Priority::High).await;
    later(&record, "6 minutes").await;
    assert_eq!(fired(&record).await, Some(Firing::Escalated(AlertId(alert), Rung(1))), "rung 1 a second time");
}

#[tokio::test]
async fn a_rung_that_nobody_can_receive_is_passed_at_once() {
    let record = staffed(&["nurse", "doctor"]).await;
    record
        .owner
        .batch_execute("insert into auth.account (id, username, role, enabled) values (gen_random_uuid(), 'gone', 'senior_clinician', false)")
        .await
        .expect("a disabled account");
    let alert = raised(&record, PatientId(record.id()), "news2", Priority::High).await.id;
    later(&record, "5 minutes").await;
    assert_eq!(fired(&record).await, Some(Firing::Escalated(AlertId(alert), Rung(1))));
    assert_eq!(fired(&record).await, Some(Firing::Escalated(AlertId(alert), Rung(2))), "in the same moment");
    assert_eq!(fired(&record).await, None, "the doctor has time to answer");
}

/// Somebody of the role is no help when they may not know the patient: the alert goes to who may.
#[tokio::test]
async fn a_rung_of_people_who_do_not_care_for_the_patient_is_passed_at_once() {
    let record = staffed(&["senior_clinician", "doctor"]).await;
    let nurse = record.account("nurse").await;
    let elsewhere = "update access.staff_ward set ward = 'Ward 9' where account_id = $1";
    record.owner.execute(elsewhere, &[&nurse.0]).await.expect("a nurse of another ward");
    let alert = raised(&record, PatientId(record.id()), "news2", Priority::High).await.id;
    assert_eq!(fired(&record).await, Some(Firing::Escalated(AlertId(alert), Rung(1))), "in the same moment");
    assert_eq!(fired(&record).await, None, "the senior clinician, who serves the whole house, has time to answer");
}

/// An outpatient's clinic has its time to answer, until there is a stay with a ward of its own.
#[tokio::test]
async fn who_registered_somebody_hears_of_them_until_others_care() {
    let record = staffed(&["senior_clinician", "doctor"]).await;
    let (nurse, patient) = (record.account("nurse").await, PatientId(record.id()));
    let clinic = "update access.staff_ward set ward = 'Clinic' where account_id = $1";
    record.owner.execute(clinic, &[&nurse.0]).await.expect("a nurse of the clinic");
    let related =
        "insert into access.relationship (source, kind, party, patient_id, ward, valid_from, valid_to, graced)
        values (gen_random_uuid(), $1, $2, $3, $2, clock_timestamp(), $4, true)";
    // A registration is over as soon as it is done; the grace keeps the record open to the clinic.
    let over = Some(chrono::DateTime::UNIX_EPOCH + chrono::Duration::days(20_000));
    let registered = [&"registration" as &(dyn tokio_postgres::types::ToSql + Sync), &"Clinic", &patient.0, &over];
    record.owner.execute(related, &registered).await.expect("registered by the clinic");
    raised(&record, patient, "news2", Priority::High).await;
    assert_eq!(fired(&record).await, None, "the clinic has time to answer");
    let open: Option<chrono::DateTime<chrono::Utc>> = None;
    let stays = [&"ward" as &(dyn tokio_postgres::types::ToSql + Sync), &"Ward 9", &patient.0, &open];
    record.owner.execute(related, &stays).await.expect("a stay on another ward");
    let alert = raised(&record, patient, "limit:spo2:low", Priority::High).await.id;
    assert_eq!(fired(&record).await, Some(Firing::Escalated(AlertId(alert), Rung(1))), "in the same moment");
}

#[tokio::test]
async fn with_nobody_at_all_the_last_rung_repeats_in_its_time() {
    let record = staffed(&[]).await;
    let alert = raised(&record, PatientId(record.id()), "news2", Priority::High).await.id;
    assert_eq!(fired(&record).await, Some(Firing::Escalated(AlertId(alert), Rung(1))));
    assert_eq!(fired(&record).await, Some(Firing::Escalated(AlertId(alert), Rung(2))));
    assert_eq!(fired(&record).await, None, "it does not spin");
    later(&record, "2 minutes").await;
    assert_eq!(fired(&record).await, Some(Firing::Escalated(AlertId(alert), Rung(3))));
}

#[tokio::test]
async fn a_timer_of_an_answered_alert_is_void() {
    let record = staffed(&["nurse"]).await;
    let nurse = record.account("nurse").await;
    let alert = raised(&record, PatientId(record.id()), "news2", Priority::High).await.id;
    acknowledged(&record, alert, nurse).await;
    // As if the cancellation had been lost: the stream is the truth all the same.
    record.owner.batch_execute("update wf.timer set state = 'armed', due_at = now()").await.expect("armed again");
    assert_eq!(fired(&record).await, Some(Firing::Void(AlertId(alert))));
    assert_eq!(record.count("es.event where event_type = 'alert.escalated'").await, 0);
}

#[tokio::test]
async fn an_alert_that_lost_its_timer_is_given_one() {
    let record = staffed(&["nurse"]).await;
    let nurse = record.account("nurse").await;
    let waiting = raised(&record, PatientId(record.id()), "news2", Priority::High).await.id;
    let answered = raised(&record, PatientId(record.id()), "news2", Priority::High).await.id;
    acknowledged(&record, answered, nurse).await;
    assert_eq!(restore(record.store.database()).await.expect("a count"), 0, "nothing is missing");
    record.owner.batch_execute("delete from wf.timer").await.expect("a loss");
    assert_eq!(restore(record.store.database()).await.expect("a count"), 1);
    later(&record, "5 minutes").await;
    assert_eq!(fired(&record).await, Some(Firing::Escalated(AlertId(waiting), Rung(1))));
}

#[tokio::test]
async fn an_alert_that_cannot_be_read_does_not_hold_up_the_others() {
    let record = staffed(&["nurse", "senior_clinician"]).await;
    let broken = raised(&record, PatientId(record.id()), "news2", Priority::High).await.id;
    let sound = raised(&record, PatientId(record.id()), "news2", Priority::High).await.id;
    record
        .owner
        .execute("update es.event set payload = '\\xffff' where stream_id = $1", &[&broken])
        .await
        .expect("damage");
    later(&record, "5 minutes").await;
    assert!(fire_one(&record.store, &SystemClock).await.is_err());
    assert_eq!(fired(&record).await, Some(Firing::Escalated(AlertId(sound), Rung(1))));
    assert_eq!(record.count("wf.timer where state = 'armed'").await, 2, "the broken one is still to be told");
}

#[tokio::test]
async fn the_worker_wakes_when_a_timer_is_armed_and_keeps_its_time() {
    let record = staffed(&["nurse", "senior_clinician", "doctor"]).await;
    each_rung_has(&record, Duration::from_millis(300)).await;
    let stop = CancellationToken::new();
    let worker =
        EscalationWorker::new(record.store.clone(), Arc::new(SystemClock), record.database.urls.app.clone().into());
    let running = tokio::spawn(worker.run(stop.clone()));
    // Asleep by now, for nothing is armed.
    tokio::time::sleep(Duration::from_millis(300)).await;
    let alert = raised(&record, PatientId(record.id()), "news2", Priority::High).await.id;
    let late = "select max(extract(epoch from ended_at - due_at))::float8 from wf.timer where state = 'fired'";
    tokio::time::timeout(Duration::from_secs(10), async {
        while told(&record, alert).await.len() < 4 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    })
    .await
    .expect("three rungs in about a second");
    let late: f64 = record.owner.query_one(late, &[]).await.expect("a time").get(0);
    // Asleep it would have waited 15 s; how much less a loaded machine needs is for the benchmark to say.
    assert!((0.0..5.0).contains(&late), "a rung was told {late} s late");
    stop.cancel();
    running.await.expect("the worker ends");
}
