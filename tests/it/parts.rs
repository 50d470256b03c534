//! The parts of the server as four processes on one database: who answers what, and the path through all of them.

use healthcare_application::clock::Clock as _;
use healthcare_infrastructure::clock::SystemClock;
use std::{collections::HashMap, time::Duration};

use healthcare_application::Role;
use healthcare_domain::alert::Priority;
use healthcare_infrastructure::{
    access::NewAccount,
    care::{WHOLE_HOUSE, put_named_on_ward},
    escalation::{Ladder, set_ladder},
    platform::Platform,
};
use healthcare_tests::{
    app::{Answer, Ask},
    bare_record::apply_migrations,
    login::Login,
    postgres::database,
    record,
    server::{Server, get, until},
};
use reqwest::Method;
use serde_json::{Value, json};

const PASSWORD: &str = "correct horse battery staple";

async fn account(platform: &Platform, role: Role) -> Login {
    let new = NewAccount { username: role.to_string(), role, patient: None, device: None };
    let login = Login::made(&platform.access, new, PASSWORD).await;
    // The ladder ends with who may open every record: nobody is told of a patient whom they may not see.
    put_named_on_ward(&platform.db, &login.username, WHOLE_HOUSE).await.expect("a ward");
    login
}

async fn ask(method: Method, server: &Server, path: &str, token: &str, body: Value) -> Answer {
    let request = reqwest::Client::new().request(method, format!("{}{path}", server.url)).bearer_auth(token);
    request.json(&body).answer().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_patient_walks_through_four_processes() {
    let database = database(apply_migrations).await;
    let directory = tempfile::tempdir().expect("a directory");
    let urls = &database.urls;
    let platform = record::platform(&urls.app, &urls.keys, directory.path(), 4).await;
    let mut logins = HashMap::new();
    for role in [Role::Nurse, Role::SeniorClinician, Role::Doctor, Role::Admin, Role::Device] {
        logins.insert(role, account(&platform, role).await);
    }
    set_ladder(&platform.db, Priority::High, Ladder([Duration::from_secs(1); 3])).await.expect("a ladder");

    let environment = [("DATABASE_URL", urls.app.as_str()), ("KEYS_DATABASE_URL", urls.keys.as_str())];
    let part = async |name: &str| Server::start(&["--only", name], &environment, directory.path()).await;
    let (command, query, gateway, worker) =
        tokio::join!(part("command"), part("query"), part("gateway"), part("worker"));

    let nurse = logins[&Role::Nurse].sign_in(&command.url).await;
    let admin = logins[&Role::Admin].sign_in(&command.url).await;
    let device_token = logins[&Role::Device].sign_in(&command.url).await;
    let demographics = json!({ "names": [{ "family": "Lind", "given": ["Ana"] }], "birth_date": "1950-01-01" });
    let patient = ask(Method::POST, &command, "/api/v1/patients", &nurse, demographics.clone()).await.expect(201).id();
    let monitor = json!({ "serial": "PARTS-1", "kind": "bedside monitor" });
    let device = ask(Method::POST, &command, "/api/v1/devices", &admin, monitor).await.expect(201).id();
    let assign = format!("/api/v1/devices/{device}/assign");
    ask(Method::POST, &command, &assign, &nurse, json!({ "patient": patient })).await.expect(200);

    let chart = format!("/api/v1/patients/{patient}/chart");
    let seen = get(&format!("{}{chart}", query.url), &nurse).await;
    assert!(seen.to_string().contains("Lind"), "{seen:#}");

    let now = SystemClock.now().to_rfc3339();
    let reading = json!({ "event_id": "parts-1", "serial": "PARTS-1", "code": "59408-5", "value": 75, "unit": "%", "measured_at": now });
    let batch = json!({ "readings": [reading] });
    let taken = ask(Method::POST, &gateway, "/api/v1/telemetry/readings", &device_token, batch.clone()).await;
    assert_eq!(taken.expect(200).body["accepted"], 1);

    let alerts = format!("{}/api/v1/alerts?patient={patient}&priority=high", query.url);
    let raised = until("the alert is raised", Duration::from_secs(10), async || {
        get(&alerts, &nurse).await["items"].as_array().and_then(|items| items.first().cloned())
    });
    let alert = raised.await["id"].as_str().map(str::to_owned).expect("an id");
    let senior = logins[&Role::SeniorClinician].sign_in(&command.url).await;
    let told = until("the senior clinician is told", Duration::from_secs(15), async || {
        let told = get(&format!("{}/api/v1/notifications", query.url), &senior).await;
        told["items"].as_array()?.iter().find(|one| one["type"] == "alert.escalated").cloned()
    });
    assert_eq!(told.await["subject"]["id"], alert.as_str());
    let answer = format!("/api/v1/alerts/{alert}/acknowledge");
    ask(Method::POST, &command, &answer, &senior, json!({})).await.expect(200);
    let chart_now = get(&format!("{}{chart}", query.url), &nurse).await;
    assert!(chart_now.to_string().contains(&alert), "the chart shows the alert: {chart_now:#}");

    // Each refuses what is another's, and says whose it is.
    let refused = async |method: Method, server: &Server, path: &str| {
        let answer = ask(method, server, path, &nurse, demographics.clone()).await;
        assert!(answer.header("x-request-id").is_some(), "{:?}", answer.headers);
        answer.expect_problem(421, "/problems/request/served-elsewhere", &[]);
    };
    refused(Method::POST, &query, "/api/v1/patients").await;
    refused(Method::GET, &command, &chart).await;
    refused(Method::GET, &command, "/docs/").await;
    refused(Method::POST, &command, "/api/v1/telemetry/readings").await;
    for server in [&gateway, &worker] {
        refused(Method::GET, server, &chart).await;
        refused(Method::POST, server, "/api/v1/patients").await;
    }
    refused(Method::POST, &worker, "/api/v1/telemetry/readings").await;
    for server in [command, query, gateway, worker] {
        assert_eq!(healthcare_tests::server::status(&format!("{}/livez", server.url)).await, Some(200));
        server.stop();
    }
}
