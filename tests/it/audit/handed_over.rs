//! The key that seals is replaced: by a hand-over of the old one, or by somebody's word when that is lost.

use std::path::Path;

use healthcare_application::StoreError;
use healthcare_infrastructure::seal::{
    Anchors, LostKeyError, Scope, SealKeyError, SealKeys, Sealer, Trusted, Verdict, read_anchors, verify,
};

use super::sealed::{Site, sealer, site};

/// Ends the session that seals, so that another process takes the lock.
async fn free(site: &Site) {
    site.superuser
        .batch_execute(
            "select pg_terminate_backend(pid, 5000) from pg_stat_activity
             where datname = current_database() and usename = 'healthcare_sealer'",
        )
        .await
        .expect("the lock is free");
}

async fn seal(sealer: &Sealer) -> usize {
    for _ in 0..200 {
        match sealer.seal().await {
            Ok(made) if made > 0 => return made,
            // The session before is just ending.
            _ => tokio::time::sleep(std::time::Duration::from_millis(20)).await,
        }
    }
    panic!("nothing is sealed");
}

/// What comes of sealing once the lock is free: something is new, so that a key which may seal makes a block.
async fn lets_in(sealer: &Sealer) -> Result<usize, StoreError> {
    for _ in 0..200 {
        match sealer.seal().await {
            // The session before is just ending.
            Ok(0) => tokio::time::sleep(std::time::Duration::from_millis(20)).await,
            other => return other,
        }
    }
    panic!("the lock is never free");
}

fn keys(site: &Site) -> SealKeys {
    SealKeys::at(&site.record.directory.path().join("seal.key"))
}

async fn judged(site: &Site, trusted: Vec<Trusted>, from: i64, anchors: Option<&Path>) -> Verdict {
    let anchors = anchors.map_or_else(Vec::new, |path| read_anchors(path).expect("anchors"));
    verify(&site.superuser, &Scope { trusted, anchors, from, ..Scope::default() }).await.expect("a verdict")
}

/// A block of the first key, its hand-over, and a block of its successor.
async fn handed_over() -> (Site, [u8; 32]) {
    let site = site().await;
    site.something_happens().await;
    assert_eq!(site.sealer.seal().await.expect("sealed"), 1);
    let next = keys(&site).announce().expect("a key");
    assert_eq!(site.sealer.seal().await.expect("sealed"), 1, "the hand-over, although nothing is new");
    site.something_happens().await;
    assert_eq!(site.sealer.seal().await.expect("sealed"), 1);
    (site, next)
}

fn said(verdict: &Verdict) -> String {
    verdict.findings.iter().map(|finding| format!("{finding}\n")).collect()
}

/// SECURITY 43: the key that seals is replaced while it seals. The old one signs for the new one, and whoever trusts the
/// first key follows from there, over several hand-overs, from any block, with anchors and without.
#[tokio::test]
async fn security_43_the_key_that_seals_is_replaced_by_a_signed_hand_over() {
    let (site, second) = handed_over().await;
    let first = site.key;
    let third = keys(&site).announce().expect("a key");
    assert!(site.sealer.seal().await.expect("sealed") >= 1);
    site.something_happens().await;
    // Another process, e.g. after a start, goes on with the key that took over.
    free(&site).await;
    let again = sealer(&site.record, "seal.key", Anchors { file: Some(site.anchors.clone()), url: None });
    assert_eq!(seal(&again).await, 1);
    assert_eq!(keys(&site).current().expect("a key").public(), third);
    assert_eq!(keys(&site).trusted().expect("readable"), [Trusted::first(first)], "what verification begins with");

    let rows = site.superuser.query("select key, next_key from seal.block order by block", &[]).await.expect("blocks");
    let sealed_by: Vec<Vec<u8>> = rows.iter().map(|row| row.get(0)).collect();
    assert_eq!(sealed_by.first().map(Vec::as_slice), Some(first.as_slice()));
    assert!(sealed_by.contains(&second.to_vec()));
    assert_eq!(sealed_by.last().map(Vec::as_slice), Some(third.as_slice()));
    let last = i64::try_from(rows.len()).expect("few");
    for from in 1..=last {
        for anchors in [None, Some(site.anchors.as_path())] {
            let verdict = judged(&site, vec![Trusted::first(first)], from, anchors).await;
            assert_eq!((said(&verdict), verdict.untold), (String::new(), vec![]), "from {from}");
        }
    }
    // A later key is trusted for what is behind its hand-over, and tells nothing of what is before.
    let from_there = vec![Trusted { from: last, key: third }];
    let later = judged(&site, from_there.clone(), last, Some(&site.anchors)).await;
    assert_eq!((said(&later), later.untold), (String::new(), vec![]));
    assert_eq!(judged(&site, from_there, 1, None).await.untold.len(), 1);
    // It is not the key of the first block.
    let findings = said(&judged(&site, vec![Trusted::first(third)], 1, None).await);
    assert!(findings.contains("block 1: it was signed by another key"), "{findings}");
}

/// SECURITY 43: a hand-over cannot be taken back once it is stored, so what it needs of the files is there before: the key
/// that takes over, and the old one under its name of afterwards.
#[tokio::test]
async fn security_43_a_hand_over_is_stored_when_both_keys_are_safe() {
    let site = site().await;
    site.something_happens().await;
    assert_eq!(site.sealer.seal().await.expect("sealed"), 1);
    let next = keys(&site).announce().expect("a key");
    let not_stored = "alter table seal.block add constraint nobody_hands_over check (next_key is null) not valid";
    site.superuser.batch_execute(not_stored).await.expect("altered");
    assert!(lets_in(&site.sealer).await.is_err(), "the database does not take it");
    let aside = SealKeys::at(&keys(&site).retired(&site.key)).current().expect("the old key, aside");
    assert_eq!((aside.public(), keys(&site).current().expect("a key").public()), (site.key, site.key));
    site.superuser.batch_execute("alter table seal.block drop constraint nobody_hands_over").await.expect("altered");
    assert_eq!(seal(&site.sealer).await, 1);
    assert_eq!(keys(&site).current().expect("a key").public(), next);
    let verdict = judged(&site, vec![Trusted::first(site.key)], 1, Some(&site.anchors)).await;
    assert_eq!((said(&verdict), verdict.untold), (String::new(), vec![]));
}

/// SECURITY 43: a key whose file was lost, or is another one now, while it seals still signs for its successor; and sealing
/// goes on with it until then.
#[tokio::test]
async fn security_43_a_key_whose_file_is_lost_while_it_seals_hands_over() {
    let site = site().await;
    site.something_happens().await;
    assert_eq!(site.sealer.seal().await.expect("sealed"), 1);
    let path = site.record.directory.path().join("seal.key");
    let foreign = site.record.directory.path().join("foreign.key");
    SealKeys::open(&foreign).expect("a key");
    std::fs::rename(&foreign, &path).expect("put there by somebody");
    let next = keys(&site).announce().expect("a key");
    site.something_happens().await;
    assert!(site.sealer.seal().await.is_err(), "it would stay in the way of the successor");
    let hand_overs = "select count(*) from seal.block where next_key is not null";
    let stored: i64 = site.superuser.query_one(hand_overs, &[]).await.expect("counted").get(0);
    assert_eq!(stored, 0);
    std::fs::remove_file(&path).expect("moved away");
    assert_eq!(keys(&site).announce().expect("known"), next);
    assert_eq!(site.sealer.seal().await.expect("sealed"), 1, "the hand-over: what is new was sealed before");
    assert_eq!(keys(&site).current().expect("a key").public(), next);
    let aside = SealKeys::at(&keys(&site).retired(&site.key)).current().expect("the old key, aside");
    assert_eq!(aside.public(), site.key);
    site.something_happens().await;
    assert_eq!(site.sealer.seal().await.expect("sealed"), 1);
    let verdict = judged(&site, vec![Trusted::first(site.key)], 1, Some(&site.anchors)).await;
    assert_eq!((said(&verdict), verdict.untold), (String::new(), vec![]));
}

/// SECURITY 43: a block of a retired key behind its hand-over, one of a key that nobody handed over to, and a hand-over
/// that was changed, taken away or made up are named.
#[tokio::test]
async fn security_43_a_retired_key_and_one_nobody_handed_over_to_are_named() {
    let (site, _) = handed_over().await;
    let trusted = || vec![Trusted::first(site.key)];
    let last: i64 = site.superuser.query_one("select max(block) from seal.block", &[]).await.expect("a number").get(0);
    for (attack, named) in [
        (
            "update seal.block set hand_over = set_byte(hand_over, 3, get_byte(hand_over, 3) # 1) where next_key is not null",
            "its hand-over to another key is not signed by the key it names",
        ),
        (
            "update seal.block set next_key = set_byte(next_key, 3, get_byte(next_key, 3) # 1) where next_key is not null",
            "its hand-over to another key is not signed by the key it names",
        ),
        (
            "update seal.block set next_key = null, hand_over = null where next_key is not null",
            "it was signed by another key than the one that is trusted: none handed over to it",
        ),
        (
            "update seal.block set next_key = key, hand_over = signature where block = 1",
            "block 1: its hand-over to another key is not signed by the key it names",
        ),
    ] {
        site.superuser.batch_execute("begin").await.expect("begun");
        site.superuser.batch_execute(attack).await.expect("changed");
        let findings = said(&judged(&site, trusted(), 1, None).await);
        site.superuser.batch_execute("rollback").await.expect("rolled back");
        assert!(findings.contains(named), "{attack}:\n{findings}");
    }
    // The hand-over is deleted: without anchors its successor is a stranger, with them it is known and its block missing.
    site.superuser
        .batch_execute(
            "begin; set local session_replication_role = replica;
             delete from seal.leaves where block in (select block from seal.block where next_key is not null);
             delete from seal.block where next_key is not null",
        )
        .await
        .expect("deleted");
    let (without, with) =
        (said(&judged(&site, trusted(), 1, None).await), said(&judged(&site, trusted(), 1, Some(&site.anchors)).await));
    site.superuser.batch_execute("rollback").await.expect("rolled back");
    assert!(without.contains(&format!("block {last}: it was signed by another key")), "{without}");
    assert!(with.contains("the block is missing; it was anchored at") && !with.contains("another key"), "{with}");

    // Who stole the retired key, or made one up, seals on with it.
    for (stolen, name) in [(true, "stolen.key"), (false, "made-up.key")] {
        let theirs = site.record.directory.path().join(name);
        if stolen {
            std::fs::copy(keys(&site).retired(&site.key), &theirs).expect("a copy, its mode as well");
        }
        let own = SealKeys::open(&theirs).expect("a key").current().expect("a key").public();
        assert_eq!(own == site.key, stolen);
        free(&site).await;
        site.something_happens().await;
        let intruder = sealer(&site.record, name, Anchors::default());
        assert!(lets_in(&intruder).await.is_err(), "no sealer of ours seals with it");
        std::fs::write(format!("{}.trusted", theirs.display()), format!("{}\n", Trusted { from: last + 1, key: own }))
            .expect("their own word for it");
        assert_eq!(seal(&intruder).await, 1);
        let findings = said(&judged(&site, trusted(), 1, Some(&site.anchors)).await);
        let named = if stolen { "a key that had ended with block" } else { "another key than the one that is trusted" };
        assert!(findings.contains(&format!("block {}: it was signed by {named}", last + 1)), "{findings}");
        drop(intruder);
        free(&site).await;
        site.superuser
            .execute(
                "with gone as (delete from seal.leaves where block > $1) delete from seal.block where block > $1",
                &[&last],
            )
            .await
            .expect("gone");
    }
    assert_eq!(said(&judged(&site, trusted(), 1, Some(&site.anchors)).await), "");
}

/// SECURITY 43: a lost key. Nothing is sealed with another one by itself; who runs the site vouches for a new one, and who
/// verifies has to be told.
#[tokio::test]
async fn security_43_a_lost_key_is_replaced_by_somebody_s_word() {
    let site = site().await;
    site.something_happens().await;
    assert_eq!(site.sealer.seal().await.expect("sealed"), 1);
    let to_file = || Anchors { file: Some(site.anchors.clone()), url: None };
    let here = sealer(&site.record, "seal.key", to_file());
    assert!(matches!(here.replace_lost_key().await, Err(LostKeyError::Sealing)));
    free(&site).await;
    let not_lost = || async {
        loop {
            match here.replace_lost_key().await {
                // The session before is just ending.
                Err(LostKeyError::Sealing) => tokio::time::sleep(std::time::Duration::from_millis(20)).await,
                other => return other,
            }
        }
    };
    assert!(matches!(not_lost().await, Err(LostKeyError::Key(SealKeyError::NotLost))));

    let path = site.record.directory.path().join("seal.key");
    std::fs::remove_file(&path).expect("lost");
    site.something_happens().await;
    // A start makes a file, which must not seal.
    let after = sealer(&site.record, "seal.key", to_file());
    assert!(lets_in(&after).await.is_err(), "nobody handed over to it");
    let trusted = loop {
        match after.replace_lost_key().await {
            Err(LostKeyError::Sealing) => tokio::time::sleep(std::time::Duration::from_millis(20)).await,
            other => break other.expect("replaced"),
        }
    };
    let new = keys(&site).current().expect("a key").public();
    assert_eq!(trusted, [Trusted::first(site.key), Trusted { from: 2, key: new }]);
    assert_eq!(seal(&after).await, 1);
    let verdict = judged(&site, trusted.clone(), 1, Some(&site.anchors)).await;
    assert_eq!((said(&verdict), verdict.untold), (String::new(), vec![]));
    let findings = said(&judged(&site, vec![Trusted::first(site.key)], 1, Some(&site.anchors)).await);
    assert!(findings.contains("block 2: it was signed by another key than the one that is trusted"), "{findings}");
    // From there it is handed over as ever; the lost key, found again, is over.
    keys(&site).announce().expect("a key");
    assert_eq!(seal(&after).await, 1);
    let verdict = judged(&site, trusted, 1, Some(&site.anchors)).await;
    assert_eq!((said(&verdict), verdict.untold), (String::new(), vec![]));
}
