//! A marked patient goes through every route. Wherever a mark has no business to be, none may be found: the log at its
//! most talkative, metrics, the errors of other callers, the keys and headers of Kafka, the keys of Redis, the database's
//! own log, the audit trail.

mod elsewhere;
mod further;
mod journey;
mod refusals;

use std::{collections::BTreeSet, time::Duration};

use healthcare_application::Role;
use healthcare_tests::{kafka, login::Login, redis, server::Server};
use reqwest::{Client, Method};
use serde_json::{Value, json};

/// What every mark holds, whatever else it says. Names are folded, so that it is looked for in lower case.
pub const MARK: &str = "zq7canary";
/// The marked patient's birth date, which is no text of ours either.
pub const BORN: &str = "1907-07-17";

const GET: Method = Method::GET;

/// What holds nothing of a patient's: how people and programs sign in and what they may, wards, hours and templates as they are
/// kept, rules as they are written. A route that is not below one of these is gone through with a body that is taken.
const OF_NOBODY: [&str; 18] = [
    "/.well-known",
    "/api/v1/accounts",
    "/api/v1/appointment-types",
    "/api/v1/auth",
    "/api/v1/beds/{id}",
    "/api/v1/cds-clients",
    "/api/v1/openapi.json",
    "/api/v1/pathways",
    "/api/v1/rules",
    "/api/v1/schedules",
    "/api/v1/service-accounts",
    "/api/v1/slots",
    "/api/v1/templates",
    "/api/v1/wards",
    "/cds-services",
    "/health",
    "/livez",
    "/readyz",
];

/// What lies below one of those and takes something of a patient's, or shows it, all the same.
const OF_SOMEBODY: [&str; 6] = [
    "/api/v1/rules/backtests/{id}/patients",
    "/api/v1/rules/try",
    "/api/v1/rules/{id}/shadow",
    "/api/v1/schedules/{id}/calendar",
    "/cds-services/{id}",
    "/cds-services/{id}/feedback",
];

/// A server of its own process that says all it can say, and accounts for each role.
pub struct Site {
    pub server: Server,
    pub client: Client,
    tokens: Vec<(Role, String)>,
    /// The routes that were gone through, as the OpenAPI document names them.
    pub gone: std::sync::Mutex<BTreeSet<(String, String)>>,
    /// What whoever knows it may read by, and what stands in a path all the same.
    pub secrets: std::sync::Mutex<Vec<String>>,
}

/// An answer: the status, the version, the body.
pub struct Answer {
    pub status: u16,
    pub version: Option<String>,
    pub text: String,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or(Value::Null)
    }
    pub fn id(&self) -> String {
        self.json()["id"].as_str().unwrap_or_else(|| panic!("{}: {}", self.status, self.text)).to_owned()
    }
}

impl Site {
    /// Asks as a role, on the route of a template with `{}` for each parameter in its place; asks it twice with the same
    /// key where it is a command, so that what the database says of a repeat is heard too.
    pub async fn go(&self, role: Role, method: Method, template: &str, ids: &[&str], body: Option<Value>) -> Answer {
        let path = template.split('?').next().unwrap_or(template).to_owned();
        self.gone.lock().expect("not poisoned").insert((method.to_string(), path));
        let mut filled = template.to_owned();
        for id in ids {
            let (from, to) = (filled.find('{').expect("a parameter"), filled.find('}').expect("its end"));
            filled.replace_range(from..=to, id);
        }
        let key = format!("{MARK}-{}", rand::random::<u64>());
        let ask = async || {
            let request = self.client.request(method.clone(), format!("{}{filled}", self.server.url));
            let request = request.bearer_auth(self.token(role)).header("idempotency-key", &key);
            let request = if method == Method::PUT { request.header("if-match", "\"0\"") } else { request };
            let request = match &body {
                Some(body) => request.json(body),
                None => request,
            };
            let answer = request.send().await.expect("an answer");
            let version = answer.headers().get("etag").and_then(|tag| tag.to_str().ok()).map(str::to_owned);
            Answer { status: answer.status().as_u16(), version, text: answer.text().await.expect("a body") }
        };
        let first = ask().await;
        if method == Method::POST {
            ask().await;
        }
        assert!(first.status < 500, "{method} {filled}: {} {}", first.status, first.text);
        first
    }

    /// As [`Site::go`], and it works.
    pub async fn through(
        &self,
        role: Role,
        method: Method,
        template: &str,
        ids: &[&str],
        body: Option<Value>,
    ) -> Answer {
        let answer = self.go(role, method.clone(), template, ids, body).await;
        assert!((200..300).contains(&answer.status), "{method} {template}: {} {}", answer.status, answer.text);
        answer
    }

    /// As [`Site::through`], for what decision support speaks against: refused with its findings, then done with a reason
    /// for each.
    pub async fn in_spite(&self, role: Role, template: &str, ids: &[&str], mut body: Value) -> Answer {
        let refused = self.go(role, Method::POST, template, ids, Some(body.clone())).await;
        assert_eq!(refused.status, 409, "POST {template}: {}", refused.text);
        let findings = refused.json()["findings"].as_array().cloned().unwrap_or_default();
        body["overrides"] =
            findings.iter().map(|finding| json!({ "finding": finding["id"], "reason": marked("Override") })).collect();
        self.through(role, Method::POST, template, ids, Some(body)).await
    }

    /// As [`Site::through`], for what is changed as it was seen: the entry that the template names is read first.
    pub async fn change(&self, role: Role, method: Method, template: &str, id: &str, body: Value) -> Answer {
        let of = template.split_inclusive("{id}").next().expect("an entry");
        let version = self.through(role, GET, of, &[id], None).await.version.expect("a version");
        self.gone.lock().expect("not poisoned").insert((method.to_string(), template.to_owned()));
        let request =
            self.client.request(method.clone(), format!("{}{}", self.server.url, template.replace("{id}", id)));
        let request = request.bearer_auth(self.token(role)).header("if-match", version).json(&body);
        let answer = request.send().await.expect("an answer");
        let version = answer.headers().get("etag").and_then(|tag| tag.to_str().ok()).map(str::to_owned);
        let answer = Answer { status: answer.status().as_u16(), version, text: answer.text().await.expect("a body") };
        assert!(answer.status == 200, "{method} {template}: {} {}", answer.status, answer.text);
        answer
    }

    pub fn token(&self, role: Role) -> &str {
        let found = self.tokens.iter().find(|(of, _)| *of == role);
        found.map(|(_, token)| token.as_str()).expect("an account of the role")
    }
}

/// SECURITY 49: no data of a patient in logs, URLs that are logged, errors, metrics, Kafka or Redis keys.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn security_49_a_marked_patient_is_found_nowhere_but_in_the_record() {
    let (brokers, redis) = (kafka::shared().await.brokers(), redis::shared().await.url());
    let directory = tempfile::Builder::new().prefix("healthcare-canary-").tempdir().expect("a directory");
    let environment = [
        ("RUST_LOG", "debug"),
        ("KAFKA_BROKERS", brokers.as_str()),
        ("REDIS_URL", redis.as_str()),
        ("HEALTHCARE_REQUESTS_PER_ADDRESS", "0"),
        ("HEALTHCARE_REQUESTS_PER_ACCOUNT", "0"),
    ];
    let server = Server::start(&["--demo"], &environment, directory.path()).await;
    let accounts = std::fs::read(directory.path().join("demo-accounts.json")).expect("the accounts");
    let accounts: Vec<Value> = serde_json::from_slice(&accounts).expect("JSON");
    let mut tokens = vec![];
    for account in &accounts {
        let text = |field: &str| account[field].as_str().expect("text");
        let role = text("role").parse().expect("a role");
        let login = Login {
            username: text("username").to_owned(),
            password: text("password").to_owned(),
            totp_secret: account["totp_secret"].as_str().map(str::to_owned),
        };
        tokens.push((role, login.sign_in(&server.url).await));
    }
    let (gone, secrets) = (std::sync::Mutex::default(), std::sync::Mutex::default());
    let site = Site { server, client: Client::new(), tokens, gone, secrets };
    let patient = journey::go(&site).await;
    let routes = refusals::go_everywhere(&site, &patient).await;
    // What takes or shows something of a patient is gone through with a body that is taken, not with refusals alone.
    let gone = site.gone.lock().expect("not poisoned").clone();
    let left: Vec<_> = routes
        .iter()
        .filter(|(_, path)| {
            let below = |of: &str| path.strip_prefix(of).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
            OF_SOMEBODY.contains(&path.as_str()) || !OF_NOBODY.iter().any(|of| below(of))
        })
        .filter(|route| !gone.contains(route))
        .collect();
    assert!(left.is_empty(), "no marked patient goes through {left:?}: add them to the journey");
    // Relays, projections and logs come a moment later.
    tokio::time::sleep(Duration::from_secs(2)).await;
    elsewhere::is_clean(&site, directory.path(), &brokers, &redis).await;
}

/// Says where a mark stands in a text.
pub fn assert_unmarked(place: &str, text: &str) {
    let folded = text.to_lowercase();
    for mark in [MARK, BORN] {
        if let Some(at) = folded.find(mark) {
            let from = (0..=at.saturating_sub(200)).rev().find(|n| folded.is_char_boundary(*n)).unwrap_or(0);
            panic!("{place} holds {mark}: …{}", folded[from..].chars().take(400).collect::<String>());
        }
    }
}

/// A text that is marked.
pub fn marked(what: &str) -> String {
    format!("Zq7Canary{what}")
}

/// A patient of whom every word is marked.
pub fn person() -> Value {
    json!({
        "identifiers": [{ "system": "http://hospital.example/mrn", "value": marked("Mrn") }],
        "names": [{ "family": marked("Family"), "given": [marked("Given")] }],
        "gender": "female",
        "birth_date": BORN,
    })
}
