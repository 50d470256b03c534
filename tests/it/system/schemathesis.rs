//! The document against the server: requests made up from it, as each role. No answer is a failure of the server's, and
//! none has a status or a type that the document does not know.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use healthcare_tests::{login::Login, server::Server};
use serde_json::Value;

/// Seconds for the requests of one role.
const SECONDS_A_ROLE: &str = "6";

/// And for those of nobody.
const SECONDS_UNSIGNED: &str = "20";

/// No failure of the server's, and no status and no type that the document does not know.
const AS_SAID: &str = "not_a_server_error,status_code_conformance,content_type_conformance";

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
    let asker = Asker { program, url: server.url.clone(), directory: directory.path().to_owned() };
    let mut told = vec![];
    for account in &accounts {
        let login: Login = serde_json::from_value(account.clone()).expect("what an account signs in with");
        let token = login.sign_in(&server.url).await;
        // A WebSocket is not a request, and signing in belongs to no role.
        let as_role = ["--phases", "examples,fuzzing", "--checks", AS_SAID, "--exclude-path-regex", "/live$|/auth/"];
        let role = text(account, "role");
        told.extend(asker.ask(&role, Some(&token), SECONDS_A_ROLE, &as_role).await);
        if role == "admin" {
            // Each operation by its example again, without the token and with one that is none: 401.
            let unsigned =
                ["--phases", "examples", "--checks", "ignored_auth", "--exclude-path-regex", "/live$|/auth/"];
            told.extend(asker.ask("admin, then nobody", Some(&token), SECONDS_UNSIGNED, &unsigned).await);
        }
    }
    // Whom nobody knows: those that let in, too.
    let as_nobody = ["--phases", "examples,fuzzing", "--checks", AS_SAID, "--exclude-path-regex", "/live$"];
    told.extend(asker.ask("nobody", None, SECONDS_UNSIGNED, &as_nobody).await);
    let log = server.stop_and_log();
    assert!(told.is_empty(), "{}\n{}", told.join("\n"), errors(&log));
    assert!(accounts.len() >= 14, "{} roles", accounts.len());
}

/// What makes requests up, and where.
struct Asker {
    program: PathBuf,
    url: String,
    directory: PathBuf,
}

impl Asker {
    /// Asks for so many seconds at the most; what was found wrong, if anything.
    async fn ask(&self, who: &str, token: Option<&str>, seconds: &str, how: &[&str]) -> Option<String> {
        let seed = std::env::var("SCHEMATHESIS_SEED").unwrap_or_else(|_| SEED.to_owned());
        let mut run = tokio::process::Command::new(&self.program);
        run.arg("run")
            .args(["--max-time", seconds, "--workers", "1", "--no-shrink", "--no-color", "--seed", &seed])
            .args(["--suppress-health-check", "all", "--generation-database", "none", "--request-timeout", "10"])
            .args(how);
        if let Some(token) = token {
            run.arg("--header").arg(format!("Authorization: Bearer {token}"));
        }
        run.arg(format!("{}/api/v1/openapi.json", self.url)).current_dir(&self.directory);
        let output = run.output().await.expect("it runs");
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(said.contains("test cases") || said.contains("generated"), "it has asked something: {said}");
        (!output.status.success()).then(|| format!("as {who}:\n{said}{}", String::from_utf8_lossy(&output.stderr)))
    }
}

/// What the server itself found wrong.
fn errors(log: &str) -> String {
    log.lines()
        .filter(|line| line.contains("\"ERROR\"") || line.contains("panicked"))
        .take(20)
        .collect::<Vec<_>>()
        .join("\n")
}
