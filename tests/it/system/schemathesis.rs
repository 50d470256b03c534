//! The document against the server: requests made up from it, as each role. No answer is a failure of the server's, and
//! none has a status or a type that the document does not know.

use std::{
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use healthcare_tests::{
    login::Login,
    server::{Server, get, until},
};
use serde_json::Value;

/// Seconds for the requests of one role.
const SECONDS_A_ROLE: &str = "6";

/// And for those of nobody.
const SECONDS_UNSIGNED: &str = "20";

/// Seconds for what a role reads, asked for again as nobody: each operation comes up several times.
const SECONDS_OF_READS: &str = "4";

/// That nobody is answered as the role is, where the role is answered well.
const UNSIGNED: [&str; 4] = ["--checks", "ignored_auth", "--exclude-path-regex", "/live$|/auth/"];

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
    let somebody = of_somebody(&server, &accounts, directory.path()).await;
    let mut told = vec![];
    for account in &accounts {
        let login: Login = serde_json::from_value(account.clone()).expect("what an account signs in with");
        let token = login.sign_in(&server.url).await;
        // A WebSocket is not a request, and signing in belongs to no role.
        let as_role = ["--phases", "examples,fuzzing", "--checks", AS_SAID, "--exclude-path-regex", "/live$|/auth/"];
        let role = text(account, "role");
        told.extend(asker.ask(&role, Some(&token), SECONDS_A_ROLE, &as_role).await);
        // What is shown to the role is asked for again without the token, and with one that is none: 401.
        let reads = ["--phases", "fuzzing", "--mode", "positive", "--include-method", "GET"];
        let unsigned = [&reads[..], &UNSIGNED].concat();
        let then = format!("{role}, then nobody");
        told.extend(asker.ask_of(Some(&somebody), &then, Some(&token), SECONDS_OF_READS, &unsigned).await);
        if role == "admin" {
            // What an administrator makes and changes, too, by its example.
            let changes = [&["--phases", "examples"], &UNSIGNED[..]].concat();
            told.extend(asker.ask("admin, then nobody", Some(&token), SECONDS_UNSIGNED, &changes).await);
        }
    }
    // Whom nobody knows: those that let in, too.
    let as_nobody = ["--phases", "examples,fuzzing", "--checks", AS_SAID, "--exclude-path-regex", "/live$"];
    told.extend(asker.ask("nobody", None, SECONDS_UNSIGNED, &as_nobody).await);
    let log = server.stop_and_log();
    assert!(told.is_empty(), "{}\n{}", told.join("\n"), errors(&log));
    assert!(accounts.len() >= 14, "{} roles", accounts.len());
}

/// Has what is read of a patient asked for of one who is there, and whom who treats and they themselves may read: what is
/// refused to everybody says nothing of who is let in.
async fn of_somebody(server: &Server, accounts: &[Value], directory: &Path) -> PathBuf {
    let login = async |role: &str| {
        let account = accounts.iter().find(|one| one["role"] == role).expect("an account").clone();
        serde_json::from_value::<Login>(account).expect("what an account signs in with").sign_in(&server.url).await
    };
    let nurse = login("nurse").await;
    let listed = format!("{}/api/v1/patients?name=Placeholt", server.url);
    // The demonstration is furnished while the server answers.
    let found = until("a patient", Duration::from_secs(60), async || {
        get(&listed, &nurse).await["items"][0]["id"].as_str().map(str::to_owned)
    })
    .await;
    until("a patient in care", Duration::from_secs(60), async || {
        let chart = format!("{}/api/v1/patients/{found}/chart", server.url);
        let answer = reqwest::Client::new().get(chart).bearer_auth(&nurse).send().await.expect("an answer");
        answer.status().is_success().then_some(())
    })
    .await;
    let file = directory.join("somebody.toml");
    let parameters = format!("parameters = {{ \"path.id\" = \"{found}\" }}");
    std::fs::write(&file, format!("[[operations]]\ninclude-path-regex = '/patients/\\{{id\\}}'\n{parameters}\n"))
        .expect("written");
    file
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
        self.ask_of(None, who, token, seconds, how).await
    }

    /// As [`Asker::ask`], with a file that says of whom.
    async fn ask_of(
        &self,
        of: Option<&Path>,
        who: &str,
        token: Option<&str>,
        seconds: &str,
        how: &[&str],
    ) -> Option<String> {
        let seed = std::env::var("SCHEMATHESIS_SEED").unwrap_or_else(|_| SEED.to_owned());
        let mut run = tokio::process::Command::new(&self.program);
        if let Some(file) = of {
            run.arg("--config-file").arg(file);
        }
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
