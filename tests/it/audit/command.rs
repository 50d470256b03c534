//! `healthcare verify` as an administrator runs it.

use healthcare_tests::server::Server;

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

    let rotated = server.run(&["seal", "rotate-key"]).await;
    let text = String::from_utf8_lossy(&rotated.stdout).into_owned();
    assert!(rotated.status.success() && text.contains("Verification begins with --key"), "{rotated:?}");
    let verified = server.run(&["verify"]).await;
    let text = String::from_utf8_lossy(&verified.stdout).into_owned();
    assert_eq!(verified.status.code(), Some(0), "over the hand-over: {text}");
    assert!(!server.run(&["seal", "rotate-key", "--lost"]).await.status.success(), "the key is there");

    let edit = "update es.event set recorded_at = recorded_at - interval '1 minute' where seq = 1";
    assert!(server.run(&["psql", "-c", edit]).await.status.success());
    let tampered = server.run(&["verify", "--anchors", anchors.to_str().expect("a path")]).await;
    let text = String::from_utf8_lossy(&tampered.stdout).into_owned();
    assert_eq!(tampered.status.code(), Some(1), "{text}");
    assert!(text.contains("TAMPERED  block 1: event ") && text.contains("changed in recorded_at"), "{text}");

    let nowhere = directory.path().join("nothing.ndjson");
    let unknown = server.run(&["verify", "--anchors", nowhere.to_str().expect("a path")]).await;
    assert_eq!(unknown.status.code(), Some(2), "{}", String::from_utf8_lossy(&unknown.stderr));
}
