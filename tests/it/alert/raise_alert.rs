use healthcare_application::{
    Call, CommandError, QueryError, Role,
    access::Actor,
    alert::{ClearAlert, clear_alert, get_alert, raise_alert},
};
use healthcare_domain::{
    alert::{AlertError, Priority},
    id::{AlertId, PatientId},
};
use healthcare_tests::record::Record;

use super::{acknowledged, call, content, raised, told};

#[tokio::test]
async fn sixteen_at_once_raise_one_alert() {
    let record = Record::new().await;
    let patient = PatientId(record.id());
    let raising = (0..16).map(|_| raised(&record, patient, "news2", Priority::High));
    let answers = futures::future::join_all(raising).await;
    assert!(answers.iter().all(|answer| answer.id == answers[0].id && answer.version == 1));
    assert_eq!(record.count("es.event where event_type = 'alert.raised'").await, 1);
    assert_eq!(record.count("live.notification").await, 1, "told once");
    let other = raised(&record, patient, "limit:spo2:low", Priority::High).await;
    assert_ne!(other.id, answers[0].id, "another rule is another alert");
}

#[tokio::test]
async fn what_gets_worse_makes_the_open_alert_worse() {
    let record = Record::new().await;
    let patient = PatientId(record.id());
    let first = raised(&record, patient, "news2", Priority::Medium).await;
    assert_eq!(raised(&record, patient, "news2", Priority::Medium).await.version, 1, "the same again is no event");
    let worse = raised(&record, patient, "news2", Priority::High).await;
    assert_eq!((worse.id, worse.version), (first.id, 2));
    assert_eq!(raised(&record, patient, "news2", Priority::Low).await.version, 2, "better is no event either");
    assert_eq!(
        told(&record, first.id).await,
        [
            ("alert.raised".to_owned(), vec!["nurse".to_owned()]),
            ("alert.worsened".to_owned(), vec!["nurse".to_owned()])
        ]
    );
    let armed = record.count("wf.timer where state = 'armed' and due_at < clock_timestamp() + interval '6 minutes'");
    assert_eq!(armed.await, 1, "it is due when a high one is, not when the medium one was");
}

#[tokio::test]
async fn a_high_alert_latches_until_it_is_answered_and_the_next_one_is_new() {
    let record = Record::new().await;
    let (patient, nurse) = (PatientId(record.id()), record.account("nurse").await);
    let first = raised(&record, patient, "news2", Priority::High).await;
    let over = async || {
        let cmd = ClearAlert { patient, rule: "news2".to_owned() };
        clear_alert(&record.app, &Call::system(record.id()), cmd).await
    };
    assert!(matches!(over().await, Err(CommandError::Refused(AlertError::Latched))));
    acknowledged(&record, first.id, nurse).await;
    assert_eq!(over().await.expect("cleared").map(|done| (done.id, done.version)), Some((first.id, 3)));
    assert!(over().await.expect("nothing to clear").is_none());
    let second = raised(&record, patient, "news2", Priority::High).await;
    assert_ne!(second.id, first.id);
    assert_eq!(record.count("wf.timer where state = 'armed'").await, 1, "only the new one waits");
}

#[tokio::test]
async fn only_those_raise_and_read_alerts_who_may() {
    let record = Record::new().await;
    let patient = PatientId(record.id());
    let nurse = record.account("nurse").await;
    let by_nurse = call(&record, nurse, Role::Nurse);
    let refused = raise_alert(&record.app, &by_nurse, content(patient, "r", Priority::Low)).await;
    assert!(matches!(refused, Err(CommandError::Denied(_))));
    let alert = AlertId(raised(&record, patient, "news2", Priority::Low).await.id);
    let actor = |role, patient| Actor { patient, ..Actor::of(nurse, role) };
    let read = async |actor: Actor| {
        get_alert(&record.app, &Call::of(actor, record.id()), alert, None).await.map(|row| row.body)
    };
    assert!(read(actor(Role::Nurse, None)).await.expect("the alert").contains("SpO2 84"));
    assert!(read(actor(Role::Patient, Some(patient))).await.is_ok(), "their own");
    let stranger = read(actor(Role::Patient, Some(PatientId(record.id())))).await;
    assert!(matches!(stranger, Err(QueryError::Denied(_))));
    assert!(matches!(read(actor(Role::Analyst, None)).await, Err(QueryError::Denied(_))));
}
