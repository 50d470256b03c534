//! What commands were answered: sealed where it tells of a patient, readable to the system alone, and gone after a month.

use healthcare_application::{
    access::Idempotency,
    store::{Commit, EventStore as _},
};
use healthcare_domain::{StreamType, id::PatientId};
use healthcare_infrastructure::{embedded::roles, event_store::forget_old_answers};
use healthcare_tests::bare_record::{Record, record};
use serde_json::json;

use super::given::{commit, new_id, permit, registered};

/// A registration under a key, that tells more than its identity.
fn telling(patient: PatientId, key: &str) -> Commit {
    let mut one = commit((StreamType::Patient, patient.0), patient, 0, vec![registered("One")]);
    one.idempotency = Some(Idempotency { key: key.into(), request_hash: vec![1] });
    one.committed.extra = Some(json!({ "findings": ["penicillin against an anaphylaxis"] }));
    one
}

async fn count(record: &Record, of: &str) -> i64 {
    let sql = format!("select count(*) from es.command_log c where {of}");
    record.owner().await.query_one(&sql, &[]).await.expect("a count").get(0)
}

/// SECURITY 36: what a command was answered about a patient is sealed under the patient's key and seen by the system alone; a
/// repeat is answered with all of it, and so is one that was answered before answers were sealed.
#[tokio::test]
async fn security_36_what_a_command_was_answered_is_sealed() {
    let record = record().await;
    let patient = PatientId(new_id());
    let permit = permit(&record.store, patient).await;
    let first = record.store.append(&permit, telling(patient, "key-1")).await.expect("appended");
    let again = record.store.append(&permit, telling(patient, "key-1")).await.expect("answered");
    assert!(again.replayed && !first.replayed);
    assert_eq!((&again.extra, again.version), (&first.extra, first.version));
    assert!(again.extra.is_some());

    let of_patient = format!("patient_id = '{}'", patient.0);
    assert_eq!(count(&record, &format!("{of_patient} and extra is not null")).await, 1);
    let bare = format!("{of_patient} and position('penicillin'::bytea in extra) = 0 and c::text !~ 'penicillin'");
    assert_eq!(count(&record, &bare).await, 1);
    let client = roles::connect(&record.database.urls.app.clone().into()).await.expect("the application signs in");
    let all = "select count(*) from es.command_log";
    assert_eq!(client.query_one(all, &[]).await.expect("a count").get::<_, i64>(0), 0, "who says nothing sees nothing");

    // As it stood before: of nobody, and whole.
    let before = "update es.command_log set patient_id = null, extra = null, committed = $1";
    let whole = serde_json::to_value(&first).expect("JSON");
    record.owner().await.execute(before, &[&tokio_postgres::types::Json(whole)]).await.expect("changed");
    let again = record.store.append(&permit, telling(patient, "key-1")).await.expect("answered");
    assert!(again.replayed);
    assert_eq!(again.extra, first.extra);
}

/// A key holds for thirty days. What is older is taken away; what is younger the application's role cannot take away.
#[tokio::test]
async fn an_answer_is_kept_for_thirty_days() {
    let record = record().await;
    for key in ["old", "young"] {
        let patient = PatientId(new_id());
        record.store.append(&permit(&record.store, patient).await, telling(patient, key)).await.expect("appended");
    }
    for (key, days) in [("old", 31), ("young", 29)] {
        let earlier = format!("update es.command_log set at = at - interval '{days} days' where key = $1");
        record.owner().await.execute(&earlier, &[&key]).await.expect("earlier");
    }
    assert_eq!(forget_old_answers(record.store.database()).await.expect("it answers"), 1);
    assert_eq!((count(&record, "key = 'old'").await, count(&record, "key = 'young'").await), (0, 1));
    assert_eq!(forget_old_answers(record.store.database()).await.expect("it answers"), 0);
    let client = roles::connect(&record.database.urls.app.clone().into()).await.expect("the application signs in");
    let refused = client.batch_execute("delete from es.command_log").await.expect_err("it may not");
    assert_eq!(refused.code().map(|code| code.code()), Some("42501"));
}
