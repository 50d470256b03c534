//! Somebody rewrites the whole chain, or brings an older copy back: only what was kept elsewhere tells.

use healthcare_infrastructure::seal::{Anchors, Scope, Trusted, read_anchors, verify};

use super::sealed::{sealer, site};

/// Takes every block away and changes a row, so that all can be sealed anew.
const WIPE: &str = "set session_replication_role = replica;
    truncate seal.leaves, seal.block;
    update audit.entry set actor = gen_random_uuid() where seq = (select min(seq) from audit.entry);
    set session_replication_role = origin";

/// SECURITY 43, 44: a whole chain recomputed with a key of the attacker's.
#[tokio::test]
async fn security_43_a_chain_recomputed_with_another_key_is_found() {
    let site = site().await;
    site.is_sealed().await;
    site.superuser.batch_execute(WIPE).await.expect("wiped");
    let intruder = sealer(&site.record, "another.key", Anchors::default());
    drop(site.sealer.seal().await);
    site.superuser.batch_execute("truncate seal.leaves, seal.block").await.expect("wiped");
    site.superuser
        .batch_execute(
            "select pg_terminate_backend(pid, 5000) from pg_stat_activity
             where datname = current_database() and usename = 'healthcare_sealer'",
        )
        .await
        .expect("the lock is free");
    assert_eq!(intruder.seal().await.expect("sealed by the intruder"), 1);
    let findings = site.verdict_without_anchors().await.findings;
    assert!(findings.iter().any(|one| one.what.contains("signed by another key")), "{findings:?}");
    let findings = site.verdict().await.findings;
    for block in 1..=3 {
        assert!(findings.iter().any(|one| one.block == Some(block)), "block {block}: {findings:?}");
    }
    assert!(findings.iter().any(|one| one.what.contains("not the block that was anchored")), "{findings:?}");
}

/// SECURITY 44: recomputed with the true key, as somebody on the server could, the database alone is without fault.
/// The anchors are not.
#[tokio::test]
async fn security_44_a_chain_recomputed_with_the_true_key_contradicts_its_anchors() {
    let site = site().await;
    site.is_sealed().await;
    let kept = site.record.directory.path().join("kept.ndjson");
    std::fs::copy(&site.anchors, &kept).expect("a copy elsewhere");
    site.superuser.batch_execute(WIPE).await.expect("wiped");
    site.superuser
        .batch_execute(
            "select pg_terminate_backend(pid, 5000) from pg_stat_activity
             where datname = current_database() and usename = 'healthcare_sealer'",
        )
        .await
        .expect("the lock is free");
    let again = sealer(&site.record, "seal.key", Anchors::default());
    assert_eq!(again.seal().await.expect("sealed anew"), 1);
    assert_eq!(site.verdict_without_anchors().await.findings, [], "the database alone cannot tell");
    let scope = Scope {
        trusted: vec![Trusted::first(site.key)],
        anchors: read_anchors(&kept).expect("anchors"),
        from: 1,
        ..Scope::default()
    };
    let findings = verify(&site.superuser, &scope).await.expect("a verdict").findings;
    assert!(findings.iter().any(|one| one.block == Some(1) && one.what.contains("anchored")), "{findings:?}");
    assert!(findings.iter().any(|one| one.block == Some(3) && one.what.contains("missing")), "{findings:?}");
}

/// Fault 31: an old backup restored. The missing blocks are named, and sealing on does not hide them.
#[tokio::test]
async fn an_older_copy_brought_back_lacks_blocks_that_are_named() {
    let site = site().await;
    site.is_sealed().await;
    site.superuser
        .batch_execute(
            "set session_replication_role = replica;
             delete from es.event e using seal.block b where b.block = 2 and not pg_visible_in_snapshot(e.xid, b.from_snap);
             delete from audit.entry e using seal.block b
                where b.block = 2 and not pg_visible_in_snapshot(e.xid, b.from_snap);
             delete from seal.leaves where block >= 2;
             delete from seal.block where block >= 2;
             set session_replication_role = origin;
             select pg_terminate_backend(pid, 5000) from pg_stat_activity
                where datname = current_database() and usename = 'healthcare_sealer'",
        )
        .await
        .expect("an older copy");
    let findings = site.verdict().await.findings;
    let missing: Vec<_> = findings.iter().filter(|one| one.what.contains("missing")).map(|one| one.block).collect();
    assert_eq!(missing, [Some(2), Some(3)]);
    site.something_happens().await;
    // The session that sealed is gone with the server it was restored on.
    while site.sealer.seal().await.map_or(true, |blocks| blocks == 0) {}
    let findings = site.verdict().await.findings;
    assert!(
        findings.iter().any(|one| one.block == Some(2) && one.what.contains("not the block that was anchored")),
        "{findings:?}"
    );
    assert!(findings.iter().any(|one| one.block == Some(3) && one.what.contains("missing")), "{findings:?}");
}

/// Without a key that is known beforehand nobody can tell whose signatures these are.
#[tokio::test]
async fn without_a_trusted_key_it_cannot_be_told() {
    let site = site().await;
    site.is_sealed().await;
    let verdict = verify(&site.superuser, &Scope::default()).await.expect("a verdict");
    assert_eq!((verdict.findings.len(), verdict.untold.len()), (0, 1));
}
