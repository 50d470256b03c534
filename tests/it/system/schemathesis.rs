//! The document against the server: requests made up from it, as each role. No answer is a failure of the server's, and
//! none has a status or a type that the document does not know.

use std::{path::Path, process::Command};

use healthcare_tests::{login::Login, server::Server};
use serde_json::Value;

/// Seconds for the requests of one role.
const SECONDS_A_ROLE: &str = "6";

/// What the requests are made up from, unless `SCHEMATHESIS_SEED` says otherwise: a run is to say something of the change
/// at hand, and to find the same again.
const SEED: &str = "20261122";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_document_allows_is_answered_as_it_says() {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scripts/pip-fetch.sh");
    let fetched = Command::new(script).arg("schemathesis").output().expect("the script runs");
    assert!(fetched.status.success(), "{}", String::from_utf8_lossy(&fetched.stderr));
    let programs = String::from_utf8(fetched.stdout).expect("a path");
    let program = Path::new(programs.trim()).join("bin/schemathesis");

    let directory = tempfile::tempdir().expect("a directory");
    let server = Server::start(&["--demo"], &[], directory.path()).await;
    let accounts = std::fs::read(directory.path().join("demo-accounts.json")).expect("the accounts");
    let accounts: Vec<Value> = serde_json::from_slice(&accounts).expect("JSON");
    let text = |one: &Value, field: &str| one[field].as_str().expect("text").to_owned();
    let seed = std::env::var("SCHEMATHESIS_SEED").unwrap_or_else(|_| SEED.to_owned());
    let mut told = vec![];
    for account in &accounts {
        let login: Login = serde_json::from_value(account.clone()).expect("what an account signs in with");
        let token = login.sign_in(&server.url).await;
        let role = text(account, "role");
        let mut run = tokio::process::Command::new(&program);
        run.args(["run", "--checks", "not_a_server_error,status_code_conformance,content_type_conformance"])
            .args(["--phases", "examples,fuzzing", "--max-time", SECONDS_A_ROLE, "--workers", "1", "--no-shrink"])
            .args([
                "--seed",
                &seed,
                "--suppress-health-check",
                "all",
                "--generation-database",
                "none",
                "--request-timeout",
                "10",
            ])
            // A WebSocket is not a request, and signing in belongs to no role.
            .args(["--exclude-path-regex", "/live$|/auth/", "--no-color"])
            .arg("--header")
            .arg(format!("Authorization: Bearer {token}"))
            .arg(format!("{}/api/v1/openapi.json", server.url))
            .current_dir(directory.path());
        let output = run.output().await.expect("it runs");
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        if !output.status.success() {
            told.push(format!("as {role}:\n{said}{}", String::from_utf8_lossy(&output.stderr)));
        }
        assert!(said.contains("test cases") || said.contains("generated"), "it has asked something: {said}");
    }
    let log = server.stop_and_log();
    assert!(told.is_empty(), "{}\n{}", told.join("\n"), errors(&log));
    assert!(accounts.len() >= 14, "{} roles", accounts.len());
}

/// What the server itself found wrong.
fn errors(log: &str) -> String {
    log.lines()
        .filter(|line| line.contains("\"ERROR\"") || line.contains("panicked"))
        .take(20)
        .collect::<Vec<_>>()
        .join("\n")
}
