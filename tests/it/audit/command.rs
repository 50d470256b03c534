//! `healthcare verify` as an administrator runs it.

use std::time::Duration;

use healthcare_tests::server::{Server, until};

/// SECURITY 43, 44, fault 30: it ends with 0, 1 or 2, and says where; also when the key that seals was replaced beside the
/// running server.
#[tokio::test]
async fn security_43_verify_ends_with_what_it_found() {
    let directory = tempfile::Builder::new().prefix("healthcare-verify-").tempdir().expect("a directory");
    let server = Server::start(&["--demo"], &[], directory.path()).await;
    let until_sealed = std::time::Instant::now() + std::time::Duration::from_secs(60);
    let clean = loop {
        let output = server.run(&["verify"]).await;
        if output.status.code() == Some(0) || std::time::Instant::now() > until_sealed {
            break output;
        }
        tokio::time::sleep(std::time::Duration::from_millis(500)).await;
    };
    let text = String::from_utf8_lossy(&clean.stdout).into_owned();
    assert_eq!((clean.status.code(), text.contains("clean")), (Some(0), true), "{text}");
    let anchors = directory.path().join("anchors.ndjson");
    assert!(std::fs::read_to_string(&anchors).expect("anchors").lines().count() >= 1);

    // Without anchors the end may have been cut off, and nothing here tells.
    let none = directory.path().join("none.ndjson");
    std::fs::write(&none, "").expect("written");
    let untold = server.run(&["verify", "--anchors", none.to_str().expect("a path")]).await;
    let text = String::from_utf8_lossy(&untold.stdout).into_owned();
    assert_eq!((untold.status.code(), text.contains("there are no anchors")), (Some(2), true), "{text}");

    let rotated = server.run(&["seal", "rotate-key"]).await;
    let text = String::from_utf8_lossy(&rotated.stdout).into_owned();
    assert!(rotated.status.success() && text.contains("Verification begins with --key"), "{rotated:?}");
    let verified = server.run(&["verify"]).await;
    let text = String::from_utf8_lossy(&verified.stdout).into_owned();
    assert_eq!(verified.status.code(), Some(0), "over the hand-over: {text}");
    assert!(!server.run(&["seal", "rotate-key", "--lost"]).await.status.success(), "the key is there");

    // Without what was written down of the first key nobody can tell who was to seal: neither clean nor tampered.
    let trusted = find(directory.path(), "seal.key.trusted").expect("it is written down");
    let first = std::fs::read_to_string(&trusted).expect("a key");
    std::fs::remove_file(&trusted).expect("removed");
    let untold = server.run(&["verify"]).await;
    let text = String::from_utf8_lossy(&untold.stdout).into_owned();
    assert_eq!((untold.status.code(), text.contains("name it with --key")), (Some(2), true), "{text}");
    let named = server.run(&["verify", "--key", first.trim()]).await;
    assert_eq!(named.status.code(), Some(0), "{}", String::from_utf8_lossy(&named.stdout));
    std::fs::write(&trusted, first).expect("written back");

    // Two columns: of one alone, one change in 256 is told by its row only.
    let edit = "update es.event set recorded_at = recorded_at - interval '1 minute',
        known_at = known_at - interval '1 minute' where seq = 1";
    assert!(server.run(&["psql", "-c", edit]).await.status.success());
    let tampered = server.run(&["verify", "--anchors", anchors.to_str().expect("a path")]).await;
    let text = String::from_utf8_lossy(&tampered.stdout).into_owned();
    assert_eq!(tampered.status.code(), Some(1), "{text}");
    assert!(text.contains("TAMPERED  block 1: event ") && text.contains("the row was changed in "), "{text}");

    later_blocks_alone(&server).await;
    let nowhere = directory.path().join("nothing.ndjson");
    let unknown = server.run(&["verify", "--anchors", nowhere.to_str().expect("a path")]).await;
    assert_eq!(unknown.status.code(), Some(2), "{}", String::from_utf8_lossy(&unknown.stderr));
}

/// From a later block on: what was changed before it is not looked at, what was changed in it or behind it is named. A row of
/// the first block was changed already.
async fn later_blocks_alone(server: &Server) {
    let shell = async |sql: &str| {
        let output = server.run(&["psql", "-c", sql]).await;
        assert!(output.status.success(), "{output:?}");
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    let verified = async |from: i64| {
        let output = server.run(&["verify", "--from", &from.to_string()]).await;
        (output.status.code(), String::from_utf8_lossy(&output.stdout).into_owned())
    };
    let (code, text) = verified(1).await;
    assert_eq!((code, text.contains("TAMPERED  block 1: ")), (Some(1), true), "{text}");
    let (code, text) = verified(2).await;
    assert_eq!((code, text.contains("clean")), (Some(0), true), "{text}");

    // The entry of the first shell that was opened, and the block it is sealed in: the trail had been sealed before.
    let sealed_in = "copy (select min(b.block) from seal.block b, audit.entry e
         where e.seq = (select min(seq) from audit.entry where action = 'database_shell')
           and pg_visible_in_snapshot(e.xid, b.snap) and e.xid <= coalesce(b.upto, e.xid)) to stdout";
    let block = until("the shell's entry is sealed", Duration::from_secs(60), async || {
        shell(sealed_in).await.trim().parse::<i64>().ok()
    })
    .await;
    assert!(block > 1, "{block}");
    shell(
        "alter table audit.entry disable trigger never_changed;
         update audit.entry set note = 'nothing to see'
         where seq = (select min(seq) from audit.entry where action = 'database_shell');
         alter table audit.entry enable trigger never_changed",
    )
    .await;
    for from in [2, block] {
        let (code, text) = verified(from).await;
        let named = format!("TAMPERED  block {block}: audit entry ");
        let others = text.lines().filter(|line| line.starts_with("TAMPERED") && !line.starts_with(&named)).count();
        assert_eq!((code, text.contains(&named), others), (Some(1), true, 0), "from {from}: {text}");
    }
    let (code, text) = verified(block + 1).await;
    assert_eq!((code, text.contains("clean")), (Some(0), true), "behind it: {text}");
}

/// SECURITY 40, 41: a shell of the database stands in the trail before it opens, with the user of the operating system and the
/// kinds of its statements alone; where that cannot be recorded, it does not open.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn security_41_a_shell_of_the_database_is_recorded_before_it_opens() {
    let directory = tempfile::tempdir().expect("a directory");
    let server = Server::start(&[], &[], directory.path()).await;
    let shell = async |sql: &str| {
        let output = server.run(&["psql", "-c", sql]).await;
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (output.status.success(), text(&output.stdout), text(&output.stderr))
    };
    let (ran, said, why) = shell("select 'Ana Ferreira'; create table public.left_behind ()").await;
    assert!(ran && said.contains("CREATE TABLE"), "{said}{why}");
    let told = "copy (select role, note from audit.entry where action = 'database_shell' order by seq) to stdout";
    let (_, said, why) = shell(told).await;
    let lines: Vec<&str> = said.lines().collect();
    assert_eq!(lines.len(), 2, "{said}{why}");
    assert!(lines[0].starts_with("operating_system\tos user ") && lines[0].ends_with("; select, create"), "{said}");
    assert!(lines[1].ends_with("; copy") && !said.contains("Ferreira"), "{said}");
    assert!(shell("revoke insert on audit.entry from healthcare_app").await.0);
    let (ran, said, why) = shell("select 'it opened'").await;
    assert!(!ran && !said.contains("it opened") && why.contains("so it is not done"), "{said}{why}");
}

/// SECURITY 40, 41: who has another key sign all tokens stands in the trail before it is announced; where that cannot be
/// recorded, the key stays as it is.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn security_41_another_key_for_tokens_is_recorded_before_it_is_announced() {
    let directory = tempfile::tempdir().expect("a directory");
    let server = Server::start(&[], &[], directory.path()).await;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let shell = async |sql: &str| {
        let output = server.run(&["psql", "-c", sql]).await;
        assert!(output.status.success(), "{output:?}");
        text(&output.stdout)
    };
    let key =
        || find(directory.path(), "token.key").map(|path| std::fs::read(path).expect("a key")).expect("it is there");
    let first = key();
    let rotated = server.run(&["keys", "rotate"]).await;
    assert!(rotated.status.success() && text(&rotated.stdout).contains("The new key signs"), "{rotated:?}");
    let second = key();
    assert_ne!(first, second);
    let told = "copy (select role, note from audit.entry where action = 'rotate_token_key') to stdout";
    let said = shell(told).await;
    assert!(said.starts_with("operating_system\tos user ") && said.lines().count() == 1, "{said}");
    shell("revoke insert on audit.entry from healthcare_app").await;
    let refused = server.run(&["keys", "rotate"]).await;
    assert!(!refused.status.success() && text(&refused.stderr).contains("so it is not done"), "{refused:?}");
    assert_eq!(key(), second);
    assert_eq!(find(directory.path(), "token.next.key"), None, "none is announced");
}

/// The file of a name, anywhere below a directory.
fn find(below: &std::path::Path, name: &str) -> Option<std::path::PathBuf> {
    let entries = std::fs::read_dir(below).ok()?.filter_map(Result::ok).map(|entry| entry.path());
    let (folders, files): (Vec<_>, Vec<_>) = entries.partition(|path| path.is_dir());
    let here = files.into_iter().find(|path| path.file_name().is_some_and(|of| of == name));
    here.or_else(|| folders.iter().find_map(|folder| find(folder, name)))
}
