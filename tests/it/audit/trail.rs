//! Recording.

use std::net::IpAddr;

use futures::future::join_all;
use healthcare_application::audit::{AuditTrail, Unrecorded};
use healthcare_infrastructure::{audit::PgAuditTrail, embedded::roles};
use healthcare_tests::bare_record::record;
use uuid::Uuid;

use super::read_by;
use crate::event_store::given::now;

/// SECURITY 40: who, whose, what, when and from where stands in the trail once the receipt is settled.
#[tokio::test]
async fn security_40_a_settled_receipt_means_a_durable_entry() {
    let record = record().await;
    let trail = PgAuditTrail::start(record.store.database().clone());
    let (actor, patient, at) = (Uuid::from_u128(1), Uuid::from_u128(2), now());
    trail.record(read_by(actor, patient, at)).recorded().await.expect("recorded");
    let owner = record.owner().await;
    let row = owner
        .query_one(
            "select actor, role, session, address, purpose, action, resource, fields, patient, outcome, request
             from audit.entry",
            &[],
        )
        .await
        .unwrap();
    assert_eq!(row.get::<_, Uuid>(0), actor);
    assert_eq!(row.get::<_, &str>(1), "nurse");
    assert_eq!(row.get::<_, Option<Uuid>>(2), Some(Uuid::from_u128(7)));
    assert_eq!(row.get::<_, Option<IpAddr>>(3), Some([192, 0, 2, 7].into()));
    assert_eq!((row.get::<_, &str>(4), row.get::<_, &str>(5)), ("TREAT", "read_chart"));
    assert_eq!(row.get::<_, Option<&str>>(6), Some("GET /api/v1/patients/{id}/chart"));
    assert_eq!(row.get::<_, &str>(7), "clinical");
    assert_eq!(row.get::<_, Option<Uuid>>(8), Some(patient));
    assert_eq!(row.get::<_, &str>(9), "allowed");
    assert_eq!(row.get::<_, Uuid>(10), Uuid::from_u128(9));
}

/// Entries that come while a flush is under way share the next one, and each is there once.
#[tokio::test]
async fn many_entries_share_few_transactions() {
    let record = record().await;
    let trail = PgAuditTrail::start(record.store.database().clone());
    let receipts: Vec<_> =
        (0..2_000_u128).map(|n| trail.record(read_by(Uuid::from_u128(n), Uuid::from_u128(1), now()))).collect();
    assert!(join_all(receipts.iter().map(|receipt| receipt.recorded())).await.into_iter().all(|one| one.is_ok()));
    let owner = record.owner().await;
    let row = owner
        .query_one("select count(*), count(distinct actor), count(distinct xid::text) from audit.entry", &[])
        .await
        .unwrap();
    assert_eq!((row.get::<_, i64>(0), row.get::<_, i64>(1)), (2_000, 2_000));
    assert!(row.get::<_, i64>(2) < 200, "{} transactions", row.get::<_, i64>(2));
}

/// SECURITY 41: what cannot be recorded has a failed receipt; and the trail recovers by itself.
#[tokio::test]
async fn security_41_an_entry_that_cannot_be_written_fails_and_the_next_one_does_not() {
    let record = record().await;
    let trail = PgAuditTrail::start(record.store.database().clone());
    let owner = record.owner().await;
    owner.batch_execute("revoke insert on audit.entry from healthcare_app").await.unwrap();
    let one = || trail.record(read_by(Uuid::nil(), Uuid::nil(), now()));
    assert_eq!(one().recorded().await, Err(Unrecorded::Failed));
    owner
        .batch_execute(
            "grant insert (at, actor, role, session, address, purpose, action, resource, fields, patient, subject,
             outcome, reason, request, note) on audit.entry to healthcare_app",
        )
        .await
        .unwrap();
    one().recorded().await.expect("recorded again");
    // A session that was cut costs the entries under way, and no later one.
    owner
        .batch_execute(
            "select pg_terminate_backend(pid, 5000) from pg_stat_activity
             where datname = current_database() and pid <> pg_backend_pid()",
        )
        .await
        .ok();
    let mut recovered = false;
    for _ in 0..5 {
        recovered = one().recorded().await.is_ok();
        if recovered {
            break;
        }
    }
    assert!(recovered, "the trail writes again after its sessions were cut");
}

/// SECURITY 37: the application's role adds entries and looks; it cannot change, remove or place one.
#[tokio::test]
async fn security_37_the_application_cannot_change_the_trail() {
    let record = record().await;
    let trail = PgAuditTrail::start(record.store.database().clone());
    trail.record(read_by(Uuid::nil(), Uuid::nil(), now())).recorded().await.expect("recorded");
    let app = roles::connect(&record.database.urls.app.clone().into()).await.expect("the application signs in");
    for forbidden in [
        "update audit.entry set actor = actor",
        "delete from audit.entry",
        "truncate audit.entry",
        "insert into audit.entry (seq, at, actor, role, purpose, action, fields, outcome, request)
         values (0, now(), gen_random_uuid(), 'nurse', 'TREAT', 'read_chart', 'clinical', 'allowed', gen_random_uuid())",
        "insert into audit.entry (xid, at, actor, role, purpose, action, fields, outcome, request)
         values ('5', now(), gen_random_uuid(), 'nurse', 'TREAT', 'read_chart', 'clinical', 'allowed', gen_random_uuid())",
        "alter table audit.entry disable trigger never_changed",
    ] {
        let refused = app.batch_execute(forbidden).await.expect_err(forbidden);
        assert_eq!(refused.code().map(|code| code.code()), Some("42501"), "{forbidden}: {refused}");
    }
    // The owner is stopped as well, unless they take the trigger away.
    let owner = record.owner().await;
    for forbidden in ["update audit.entry set actor = actor", "delete from audit.entry", "truncate audit.entry"] {
        let refused = owner.batch_execute(forbidden).await.expect_err(forbidden);
        assert_eq!(refused.code().map(|code| code.code()), Some("HC065"), "{forbidden}: {refused}");
    }
}
