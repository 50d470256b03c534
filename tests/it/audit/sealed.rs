//! A record that is sealed, and what the verifier says of it untouched.

use std::{path::PathBuf, sync::Arc};

use futures::future::join_all;
use healthcare_application::{audit::AuditTrail, store::EventStore};
use healthcare_domain::{StreamType, id::PatientId};
use healthcare_infrastructure::{
    audit::PgAuditTrail,
    clock::SystemClock,
    database::Database,
    embedded::roles,
    seal::{Anchors, Scope, SealKeys, Sealer, Trusted, Verdict, read_anchors, verify},
};
use healthcare_tests::bare_record::{Record, record};
use tokio_postgres::Client;
use uuid::Uuid;

use super::read_by;
use crate::event_store::given::{advanced, commit, new_id, now, permit, registered};

/// A record, what seals it, and somebody who can do anything to it.
pub struct Site {
    pub record: Record,
    pub sealer: Sealer,
    pub superuser: Client,
    pub key: [u8; 32],
    pub anchors: PathBuf,
    trail: PgAuditTrail,
}

/// A record of which nothing is sealed yet.
pub async fn site() -> Site {
    let record = record().await;
    let path = record.directory.path().join("seal.key");
    let anchors = record.directory.path().join("elsewhere/anchors.ndjson");
    let key = SealKeys::open(&path).expect("a key").current().expect("a key").public();
    let sealer = sealer(&record, "seal.key", Anchors { file: Some(anchors.clone()), url: None });
    let superuser =
        roles::connect(&record.database.urls.superuser.clone().into()).await.expect("the superuser signs in");
    let trail = PgAuditTrail::start(record.store.database().clone());
    Site { record, sealer, superuser, key, anchors, trail }
}

/// What seals a record with a key of this name.
pub fn sealer(record: &Record, key: &str, anchors: Anchors) -> Sealer {
    let db = Database::connect(&record.database.urls.sealer.clone().into(), 1).expect("a URL");
    let keys = SealKeys::open(&record.directory.path().join(key)).expect("a key");
    Sealer::new(db, keys, Arc::new(SystemClock), anchors)
}

impl Site {
    /// A patient with two events, and an entry of the trail.
    pub async fn something_happens(&self) -> Uuid {
        let id = new_id();
        let (stream, patient) = ((StreamType::Patient, id), PatientId(id));
        let commit = commit(stream, patient, 0, vec![registered("Muster"), advanced()]);
        self.record.store.append(&permit(&self.record.store, patient).await, commit).await.expect("appended");
        self.trail.record(read_by(Uuid::from_u128(1), id, now())).recorded().await.expect("recorded");
        id
    }

    /// Three blocks of three patients each.
    pub async fn is_sealed(&self) {
        for _ in 0..3 {
            for _ in 0..3 {
                self.something_happens().await;
            }
            assert_eq!(self.sealer.seal().await.expect("sealed"), 1);
        }
    }

    /// What the verifier says to who kept the anchors.
    pub async fn verdict(&self) -> Verdict {
        self.verdict_in(&self.superuser, true).await
    }

    /// What it says to who did not.
    pub async fn verdict_without_anchors(&self) -> Verdict {
        self.verdict_in(&self.superuser, false).await
    }

    pub async fn verdict_in(&self, client: &Client, with_anchors: bool) -> Verdict {
        let anchors = if with_anchors { read_anchors(&self.anchors).expect("anchors") } else { vec![] };
        verify(client, &Scope { trusted: vec![Trusted::first(self.key)], anchors, from: 1, ..Scope::default() })
            .await
            .expect("a verdict")
    }
}

#[tokio::test]
async fn what_nobody_touched_is_clean_to_the_sealer_s_own_role() {
    let site = site().await;
    site.is_sealed().await;
    site.something_happens().await;
    let own = roles::connect(&site.record.database.urls.sealer.clone().into()).await.expect("signs in");
    let verdict = site.verdict_in(&own, true).await;
    assert_eq!((verdict.findings.as_slice(), verdict.untold.as_slice()), (&[][..], &[][..]));
    assert_eq!((verdict.blocks, verdict.anchored, verdict.events), (3, 3, 18));
    assert!(verdict.entries >= 9, "{verdict:?}");
    assert!(verdict.unsealed >= 3, "{verdict:?}");
    assert_eq!(site.sealer.seal().await.expect("sealed"), 1);
    assert_eq!(site.sealer.seal().await.expect("sealed"), 0, "nothing new, no block");
    assert_eq!(site.verdict().await.unsealed, 0);
}

/// SECURITY 37: only the sealer's role adds blocks, and nobody at work changes one.
#[tokio::test]
async fn security_37_the_application_cannot_seal_and_the_sealer_cannot_change() {
    let site = site().await;
    site.is_sealed().await;
    let urls = &site.record.database.urls;
    let app = roles::connect(&urls.app.clone().into()).await.expect("signs in");
    let sealer = roles::connect(&urls.sealer.clone().into()).await.expect("signs in");
    let refused = async |client: &Client, sql: &str| {
        let error = client.batch_execute(sql).await.expect_err(sql);
        assert_eq!(error.code().map(|code| code.code()), Some("42501"), "{sql}: {error}");
    };
    for sql in ["insert into seal.block select * from seal.block", "delete from seal.block", "truncate seal.leaves"] {
        refused(&app, sql).await;
    }
    for sql in [
        "update seal.block set root = root",
        "delete from seal.leaves",
        "update es.event set payload = payload",
        "delete from audit.entry",
        "insert into audit.entry select * from audit.entry",
        "select * from auth.account",
        "select * from read.entry",
    ] {
        refused(&sealer, sql).await;
    }
}

/// Every row is in exactly one block, however commits and sealing interleave, and however small the blocks are.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_row_is_sealed_once_while_others_write_and_roll_back() {
    let site = site().await;
    let Site { sealer, .. } = site;
    let site = Arc::new(Site { sealer: sealer.with_blocks_of(7), ..site });
    let writers = (0..6).map(|n| {
        let site = site.clone();
        tokio::spawn(async move {
            for round in 0..12 {
                if (n + round) % 4 == 0 {
                    let app = roles::connect(&site.record.database.urls.app.clone().into()).await.expect("signs in");
                    // A transaction that stays open across blocks; some of them come to nothing.
                    let end = if n % 2 == 0 { "commit" } else { "rollback" };
                    let insert =
                        "begin; insert into audit.entry (at, actor, role, purpose, action, fields, outcome, request)
                        values (now(), gen_random_uuid(), 'nurse', 'TREAT', 'read_chart', 'clinical', 'allowed',
                        gen_random_uuid())";
                    app.batch_execute(insert).await.expect("inserted");
                    tokio::time::sleep(std::time::Duration::from_millis(30)).await;
                    app.batch_execute(end).await.expect("ended");
                } else {
                    site.something_happens().await;
                }
            }
        })
    });
    let writing = tokio::spawn(join_all(writers));
    while !writing.is_finished() {
        site.sealer.seal().await.expect("sealed");
    }
    assert!(writing.await.expect("written").into_iter().all(|writer| writer.is_ok()));
    site.sealer.seal().await.expect("sealed");
    site.sealer.seal().await.expect("sealed");
    let verdict = site.verdict().await;
    assert_eq!((verdict.findings.as_slice(), verdict.unsealed), (&[][..], 0));
    let count = async |of: &str| -> i64 {
        site.superuser.query_one(&format!("select count(*) from {of}"), &[]).await.expect("a count").get(0)
    };
    assert_eq!((verdict.events, verdict.entries), (count("es.event").await, count("audit.entry").await));
    assert!(verdict.blocks > 20, "{verdict:?}");
    assert_eq!(verdict.anchored, verdict.blocks);
}

/// SECURITY 43: a leaf is over the row as PostgreSQL's `record_send` gives it, whatever way it was read: what versions before
/// have sealed verifies all the same.
#[tokio::test]
async fn security_43_a_leaf_is_over_the_row_s_own_binary_form() {
    let site = site().await;
    site.is_sealed().await;
    for (tag, table, columns) in [
        (
            "00",
            "es.event",
            "stream_id, version, seq, xid, patient_id, stream_type, event_type, schema_ver, occurred_at, known_at,
          recorded_at, payload, meta",
        ),
        (
            "01",
            "audit.entry",
            "seq, xid, at, actor, role, session, address, purpose, action, resource, fields, patient, subject,
          outcome, reason, request, note",
        ),
    ] {
        let sql = format!(
            "select count(*), count(*) filter (where exists (select from seal.leaves l
                where position(sha256('\\x00{tag}'::bytea || record_send(row({columns}))) in l.leaves) > 0))
             from {table}"
        );
        let row = site.superuser.query_one(&sql, &[]).await.expect("a count");
        let (rows, sealed): (i64, i64) = (row.get(0), row.get(1));
        assert!(rows >= 9, "{table}: {rows}");
        assert_eq!(sealed, rows, "{table}");
    }
}
