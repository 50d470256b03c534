//! Appending: one wins, a repeat answers as the first did, and what stands on stale facts is refused.

use std::collections::HashSet;

use healthcare_application::{
    Call, Permission, Role, StoreError,
    access::{Actor, Idempotency},
    store::{EventStore as _, Safety},
};
use healthcare_domain::{
    StreamType,
    id::{AccountId, PatientId},
};
use healthcare_infrastructure::embedded::roles;
use healthcare_tests::bare_record::record;

use super::given::{advanced, app, commit, new_id, permit, registered, stored};

#[tokio::test]
async fn of_two_that_expect_the_same_version_one_is_refused() {
    let record = record().await;
    let patient = PatientId(new_id());
    let permit = permit(&record.store, patient).await;
    let stream = (StreamType::Patient, patient.0);
    let one = record.store.append(&permit, commit(stream, patient, 0, vec![registered("One")]));
    let two = record.store.append(&permit, commit(stream, patient, 0, vec![registered("Two"), advanced()]));
    let (one, two) = tokio::join!(one, two);
    assert!(one.is_ok() != two.is_ok(), "{one:?} {two:?}");
    let refused = one.err().or(two.err()).expect("one is refused");
    assert!(matches!(refused, StoreError::Conflict), "{refused:?}");
    let events = stored(&record.store, patient).await;
    let versions: Vec<i32> = events.iter().map(|event| event.version).collect();
    assert!(versions == [1] || versions == [1, 2], "{versions:?}");
}

#[tokio::test]
async fn an_expected_version_ahead_of_the_head_is_refused() {
    let record = record().await;
    let patient = PatientId(new_id());
    let ahead = commit((StreamType::Patient, patient.0), patient, 3, vec![advanced()]);
    let refused = record.store.append(&permit(&record.store, patient).await, ahead).await;
    assert!(matches!(refused, Err(StoreError::Conflict)), "{refused:?}");
    assert!(stored(&record.store, patient).await.is_empty());
}

#[tokio::test]
async fn a_repeated_command_is_answered_and_not_done_again() {
    let record = record().await;
    let patient = PatientId(new_id());
    let permit = permit(&record.store, patient).await;
    let idempotency = Idempotency { key: "key-1".into(), request_hash: vec![1, 2, 3] };
    let stream = (StreamType::Patient, patient.0);
    let mut first = commit(stream, patient, 0, vec![registered("One")]);
    first.idempotency = Some(idempotency.clone());
    let answer = record.store.append(&permit, first.clone()).await.expect("appended");
    assert!(!answer.replayed);

    let again = record.store.append(&permit, first).await.expect("answered");
    assert!(again.replayed);
    assert_eq!((again.id, again.version), (answer.id, answer.version));
    let mut later = commit(stream, patient, 1, vec![advanced()]);
    later.idempotency = Some(idempotency.clone());
    assert!(record.store.append(&permit, later).await.expect("answered").replayed);
    assert_eq!(stored(&record.store, patient).await.len(), 1);

    let mut other = commit(stream, patient, 1, vec![advanced()]);
    other.idempotency = Some(Idempotency { request_hash: vec![9], ..idempotency });
    let refused = record.store.append(&permit, other).await;
    assert!(matches!(refused, Err(StoreError::KeyReused)), "{refused:?}");
    assert_eq!(stored(&record.store, patient).await.len(), 1);
}

/// SECURITY 35: a key is looked up and taken in one transaction.
#[tokio::test]
async fn sixteen_repeats_at_once_store_one_event() {
    let record = record().await;
    let patient = PatientId(new_id());
    let permit = permit(&record.store, patient).await;
    let repeats = (0..16).map(|_| {
        let mut one = commit((StreamType::Patient, patient.0), patient, 0, vec![registered("One")]);
        one.idempotency = Some(Idempotency { key: "same".into(), request_hash: vec![7] });
        record.store.append(&permit, one)
    });
    let answers = futures::future::join_all(repeats).await;
    assert_eq!(answers.iter().filter(|answer| matches!(answer, Ok(a) if !a.replayed)).count(), 1, "{answers:?}");
    assert!(answers.iter().all(Result::is_ok), "{answers:?}");
    assert_eq!(stored(&record.store, patient).await.len(), 1);
}

/// Commands that come together are committed together; the one that is refused is refused alone.
#[tokio::test]
async fn a_refused_command_takes_no_other_with_it() {
    let record = record().await;
    let patients: Vec<PatientId> = (0..40).map(|_| PatientId(new_id())).collect();
    let permit = permit(&record.store, patients[0]).await;
    let answers = patients.iter().enumerate().map(|(n, patient)| {
        let ahead = if n % 8 == 5 { 7 } else { 0 };
        let one = commit((StreamType::Patient, patient.0), *patient, ahead, vec![registered("One")]);
        record.store.append(&permit, one)
    });
    let answers = futures::future::join_all(answers).await;
    for (n, (answer, patient)) in answers.iter().zip(&patients).enumerate() {
        let events = stored(&record.store, *patient).await;
        if n % 8 == 5 {
            assert!(matches!(answer, Err(StoreError::Conflict)) && events.is_empty(), "{n}: {answer:?}");
        } else {
            assert!(answer.is_ok() && events.len() == 1, "{n}: {answer:?}");
        }
    }
}

/// Of commands on one stream that come together none is lost: each is stored, or told that it was too late.
#[tokio::test]
async fn commands_on_one_stream_come_one_after_the_other() {
    let record = record().await;
    let patient = PatientId(new_id());
    let permit = permit(&record.store, patient).await;
    let stream = (StreamType::Patient, patient.0);
    let in_turn = (0..20).map(|version| {
        let event = if version == 0 { registered("One") } else { advanced() };
        record.store.append(&permit, commit(stream, patient, version, vec![event]))
    });
    let answers = futures::future::join_all(in_turn).await;
    assert!(answers.iter().all(Result::is_ok), "{answers:?}");
    assert_eq!(stored(&record.store, patient).await.len(), 20);
}

#[tokio::test]
async fn a_decision_on_stale_safety_facts_is_refused() {
    let record = record().await;
    let patient = PatientId(new_id());
    let permit = permit(&record.store, patient).await;
    let passing = |expected: Option<i64>| {
        let mut one = commit((StreamType::Patient, new_id()), patient, 0, vec![advanced()]);
        one.safety = vec![Safety { patient, expected }];
        one
    };
    // Somebody changes the facts (1), somebody decides on them as they were before there were any.
    record.store.append(&permit, passing(None)).await.expect("changes need no version");
    let stale = record.store.append(&permit, passing(Some(0))).await;
    assert!(matches!(stale, Err(StoreError::Conflict)), "{stale:?}");
    record.store.append(&permit, passing(Some(1))).await.expect("on the facts as they are");
    let stale = record.store.append(&permit, passing(Some(1))).await;
    assert!(matches!(stale, Err(StoreError::Conflict)), "{stale:?}");
    // Two that decide on the same facts at once: one.
    let both = futures::future::join_all((0..2).map(|_| record.store.append(&permit, passing(Some(2))))).await;
    assert_eq!(both.iter().filter(|one| one.is_ok()).count(), 1, "{both:?}");
}

#[tokio::test]
async fn the_record_as_it_was_known_on_an_earlier_day() {
    let record = record().await;
    let patient = PatientId(new_id());
    let permit = permit(&record.store, patient).await;
    let day = |n: i64| chrono::DateTime::UNIX_EPOCH + chrono::Duration::days(n);
    for (n, known) in [10, 30, 20].into_iter().enumerate() {
        let mut one =
            commit((StreamType::Patient, patient.0), patient, i32::try_from(n).expect("few"), vec![advanced()]);
        one.changes[0].events[0].known_at = day(known);
        record.store.append(&permit, one).await.expect("appended");
    }
    let known = async |n: i64| {
        let events = record.store.history(&permit, patient, day(n)).await.expect("it reads");
        events.iter().map(|event| event.version).collect::<Vec<_>>()
    };
    assert_eq!(known(9).await, [0; 0]);
    assert_eq!(known(10).await, [1]);
    assert_eq!(known(25).await, [1, 3]);
    assert_eq!(known(30).await, [1, 2, 3]);
    let other = super::given::permit(&record.store, PatientId(new_id())).await;
    assert!(record.store.history(&other, patient, day(99)).await.expect("it answers").is_empty());
}

/// SECURITY 28: what a permit was made out for one patient for neither opens nor stores anything of another.
#[tokio::test]
async fn a_permit_for_one_patient_is_of_no_use_for_another() {
    let record = record().await;
    let (own, other) = (PatientId(new_id()), PatientId(new_id()));
    let registrar = AccountId(new_id());
    let call = Call::of(Actor::of(registrar, Role::Receptionist), new_id());
    let permit = app(&record.store).authorise(&call, Permission::RegisterPatient, Some(own)).await.expect("they may");
    let of = |patient: PatientId| commit((StreamType::Patient, patient.0), patient, 0, vec![registered("One")]);
    let refused = |answer: Result<_, StoreError>| assert!(matches!(answer, Err(StoreError::Foreign)), "{answer:?}");

    refused(record.store.append(&permit, of(other)).await);
    let mut batch = of(own);
    batch.changes.extend(of(other).changes);
    refused(record.store.append(&permit, batch).await);
    let mut safety = of(own);
    safety.safety = vec![Safety { patient: other, expected: None }];
    refused(record.store.append(&permit, safety).await);
    assert!(stored(&record.store, own).await.is_empty() && stored(&record.store, other).await.is_empty());

    record.store.append(&super::given::permit(&record.store, other).await, of(other)).await.expect("the system's");
    let sealed = record.store.load(StreamType::Patient, other.0).await.expect("it reads");
    assert_eq!(sealed.patient(), Some(other));
    assert!(matches!(sealed.open(&permit).await, Err(StoreError::Foreign)));
    record.store.append(&permit, of(own)).await.expect("their own");
}

/// A registration does not wait for its patient's key: it is durable before the patient is. One each, never shared.
#[tokio::test]
async fn a_key_is_there_before_its_patient() {
    let record = record().await;
    let keys_owner = record.database.urls.keys_owner.clone().into();
    let keys = roles::connect(&keys_owner).await.expect("signs in");
    let of = "select wrapped from vault.data_key where patient_id = $1";
    let (mut given, mut prepared) = (HashSet::new(), 0);
    for n in 0..400 {
        let patient = record.store.new_patient();
        assert!(given.insert(patient), "{patient} was given out twice");
        prepared += usize::from(keys.query_opt(of, &[&patient.0]).await.expect("it answers").is_some());
        if n % 40 == 0 {
            // Sealed under the key that was prepared, or one made now; and opened by a process that reads it anew.
            let commit = commit((StreamType::Patient, patient.0), patient, 0, vec![registered("One")]);
            record.store.append(&permit(&record.store, patient).await, commit).await.expect("appended");
            assert_eq!(stored(&record.another_store(), patient).await.len(), 1);
        }
    }
    // The first few found none; from then on they are made ahead.
    assert!(prepared > 200, "{prepared} of 400 were prepared");
    let made = "select count(*), count(distinct wrapped) from vault.data_key";
    let made = keys.query_one(made, &[]).await.expect("it answers");
    assert_eq!(made.get::<_, i64>(0), made.get::<_, i64>(1), "no two share a key");
}
