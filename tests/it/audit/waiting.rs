//! Rows that wait to be sealed, and who may keep them waiting.

use std::{sync::Arc, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};
use healthcare_application::clock::Clock;
use healthcare_infrastructure::{
    clock::SystemClock,
    database::Database,
    embedded::roles,
    seal::{Anchors, Scope, SealKeys, Sealer, Trusted, verify},
};
use uuid::Uuid;

use super::sealed::{Site, sealer, site};

/// A clock that is two hours behind.
struct HoursAgo;

impl Clock for HoursAgo {
    fn now(&self) -> DateTime<Utc> {
        SystemClock.now() - TimeDelta::hours(2)
    }

    fn new_id(&self) -> Uuid {
        SystemClock.new_id()
    }
}

/// The newest block is two hours old.
async fn sealed_long_ago() -> Site {
    let site = site().await;
    site.something_happens().await;
    let db = Database::connect(&site.record.database.urls.sealer.clone().into(), 1).expect("a URL");
    let keys = SealKeys::open(&site.record.directory.path().join("seal.key")).expect("a key");
    let anchors = Anchors { file: Some(site.anchors.clone()), url: None };
    assert_eq!(Sealer::new(db, keys, Arc::new(HoursAgo), anchors).seal().await.expect("sealed"), 1);
    site
}

/// SECURITY 43: what nobody seals can be changed unseen, so that nobody can tell.
#[tokio::test]
async fn security_43_rows_that_nobody_seals_are_told() {
    let site = site().await;
    site.is_sealed().await;
    site.something_happens().await;
    assert_eq!(site.verdict().await.untold, Vec::<String>::new(), "five seconds are nothing");
    for (table, column) in [("es.event", "recorded_at"), ("audit.entry", "at")] {
        let older = format!(
            "begin; set local session_replication_role = replica;
             update {table} set {column} = {column} - interval '61 seconds' where seq = (select max(seq) from {table})"
        );
        site.superuser.batch_execute(&older).await.expect("older");
        let verdict = site.verdict().await;
        site.superuser.batch_execute("rollback").await.expect("rolled back");
        assert_eq!(verdict.findings, []);
        let untold = verdict.untold.join("\n");
        assert!(untold.contains("rows wait to be sealed and nobody seals them"), "{table}: {untold}");
    }
    assert_eq!(site.verdict().await.untold, Vec::<String>::new());
}

/// SECURITY 43: the time of a row that waits is anybody's to write who got so far; that of the newest block is signed.
#[tokio::test]
async fn security_43_rows_that_are_made_younger_are_told_by_the_newest_block() {
    let site = sealed_long_ago().await;
    let verdict = site.verdict().await;
    assert_eq!((verdict.unsealed, verdict.untold), (0, vec![]), "a quiet night");
    site.something_happens().await;
    let verdict = site.verdict().await;
    assert!(verdict.unsealed > 0);
    assert!(verdict.untold.join("\n").contains("nobody seals them"), "{:?}", verdict.untold);
    // The first row after a quiet night: a sealer that is there is waited for.
    let anchors = vec![];
    let patience = Duration::from_secs(60);
    let scope = Scope { trusted: vec![Trusted::first(site.key)], anchors, from: 1, patience };
    let seals = async {
        while site.sealer.seal().await.expect("sealed") == 0 {
            tokio::task::yield_now().await;
        }
    };
    let (verdict, ()) = tokio::join!(verify(&site.superuser, &scope), seals);
    assert_eq!(verdict.expect("a verdict").untold, Vec::<String>::new());
}

/// SECURITY 43: nobody but the sealer can take its turn: no lock that another role takes stops the sealing.
#[tokio::test]
async fn security_43_no_other_role_can_stop_the_sealing() {
    let site = site().await;
    let urls = &site.record.database.urls;
    let app = roles::connect(&urls.app.clone().into()).await.expect("signs in");
    // The number that the sealer took before there was a table for it.
    app.batch_execute("select pg_advisory_lock(7253100066)").await.expect("locked");
    for mode in ["access share", "row exclusive", "share row exclusive", "access exclusive"] {
        let refused = app.batch_execute(&format!("begin; lock table seal.whose_turn in {mode} mode nowait")).await;
        app.batch_execute("rollback").await.expect("rolled back");
        let error = refused.expect_err(mode);
        assert_eq!(error.code().map(|code| code.code()), Some("42501"), "{mode}: {error}");
    }
    let others = "select r.rolname::text from pg_roles r where r.rolname like 'healthcare%' and not r.rolsuper
            and r.rolname not in ('healthcare_sealer', 'healthcare_owner')
            and has_table_privilege(r.oid, 'seal.whose_turn', 'insert, update, delete, truncate')";
    let others = site.superuser.query(others, &[]).await.expect("roles");
    assert!(others.is_empty(), "{:?}", others.iter().map(|row| row.get(0)).collect::<Vec<String>>());

    site.something_happens().await;
    assert_eq!(site.sealer.seal().await.expect("sealed"), 1);
    // One at a time all the same, and the other one once the turn is free.
    let other = sealer(&site.record, "seal.key", Anchors::default());
    site.something_happens().await;
    assert_eq!(other.seal().await.expect("not its turn"), 0);
    assert!(site.sealer.leads().await && !other.leads().await);
    // What holds the turn holds up neither who follows the log nor who clears away old rows.
    let held_up = "select count(*) from pg_stat_activity where datname = current_database()
        and usename = 'healthcare_sealer' and (backend_xid is not null or backend_xmin is not null)";
    let held_up: i64 = site.superuser.query_one(held_up, &[]).await.expect("a count").get(0);
    assert_eq!(held_up, 0);
    // Nor who clears away the old rows of all tables at once, which takes the lock of each.
    assert!(site.sealer.leads().await);
    site.superuser.batch_execute("set lock_timeout = '20s'").await.expect("set");
    site.superuser.batch_execute("vacuum").await.expect("no table is locked for good");
    assert_eq!(site.sealer.seal().await.expect("sealed"), 1);
}
