//! The whole server killed at seeded moments, under commands and climbing alerts, and started again on the same data. No
//! acknowledged command is lost, a command that was sent again happened once, and the ladder holds as in `chaos`.

use std::{
    collections::BTreeSet,
    path::Path,
    sync::{Arc, Mutex},
    time::Duration,
};

use healthcare_application::Role;
use healthcare_infrastructure::access::NewAccount;
use healthcare_tests::{login::Login, record::Record, server::Server};
use rand::{Rng, SeedableRng, rngs::StdRng};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{chaos, each_rung_has};

const KILLS: usize = 20;
const CLIENTS: u64 = 3;
const PASSWORD: &str = "correct horse battery staple";

/// Where the server listens at the moment.
type Place = Arc<Mutex<String>>;

/// What a client was told: the key it sent under, and the patient that was registered by it.
type Acknowledged = Vec<(String, Uuid)>;

/// Registers patients one after the other. A request that was not answered is sent again, as it was, until it is.
async fn client(place: Place, token: String, number: u64, stop: CancellationToken) -> Acknowledged {
    let http = reqwest::Client::builder().timeout(Duration::from_secs(10)).build().expect("a client");
    let mut told = vec![];
    for n in 0.. {
        if stop.is_cancelled() {
            break;
        }
        let key = format!("client-{number}-{n}");
        let body = json!({ "names": [{ "family": format!("Killed{number}x{n}"), "given": ["Ana"] }] });
        let id = loop {
            let url = format!("{}/api/v1/patients", place.lock().expect("not poisoned"));
            let request = http.post(url).bearer_auth(&token).header("idempotency-key", &key).json(&body);
            let answer = async {
                let response = request.send().await.ok()?;
                let status = response.status().as_u16();
                Some((status, response.json::<Value>().await.ok()?))
            };
            match answer.await {
                Some((201, body)) => break body["id"].as_str().and_then(|id| id.parse().ok()).expect("an id"),
                // Still being served by the process that is gone, or no longer by this one: again.
                Some((409 | 503, _)) | None => tokio::time::sleep(Duration::from_millis(10)).await,
                Some(other) => panic!("refused: {other:?}"),
            }
        };
        told.push((key, id));
    }
    told
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_killed_again_and_again_loses_and_doubles_nothing() {
    let seed: u64 = match std::env::var("CHAOS_SEED") {
        Ok(seed) => seed.parse().expect("a number"),
        Err(_) => rand::rng().random(),
    };
    println!("CHAOS_SEED={seed}");
    let mut random = StdRng::seed_from_u64(seed);
    let record = Arc::new(Record::new().await);
    for role in ["senior_clinician", "doctor"] {
        record.account(role).await;
    }
    let access = &record.platform.access;
    let new = NewAccount { username: "nurse".into(), role: Role::Nurse, patient: None, device: None };
    let nurse = access.create_account(new).await.expect("an account");
    let serves = "insert into access.staff_ward (account_id, ward) values ($1, '*')";
    record.owner.execute(serves, &[&nurse.0]).await.expect("a ward");
    let link = access.activation_token(nurse).await.expect("a link");
    let enrolment = access.activate(&link, PASSWORD.into()).await.expect("activated");
    let totp_secret = enrolment.map(|enrolment| enrolment.secret);
    let login = Login { username: "nurse".into(), password: PASSWORD.into(), totp_secret };
    each_rung_has(&record, Duration::from_millis(250)).await;

    let urls = &record.database.urls;
    let environment = [("DATABASE_URL", urls.app.as_str()), ("KEYS_DATABASE_URL", urls.keys.as_str())];
    let mut server = Server::start(&[], &environment, record.keys.path()).await;
    let place: Place = Arc::new(Mutex::new(server.url.clone()));
    let token = login.sign_in(&server.url).await;
    let stop = CancellationToken::new();
    let clients: Vec<_> =
        (0..CLIENTS).map(|number| tokio::spawn(client(place.clone(), token.clone(), number, stop.clone()))).collect();
    let crowd: Vec<_> = (0..3)
        .map(|n| {
            let (record, stop) = (record.clone(), stop.clone());
            tokio::spawn(async move { chaos::people(&record, seed ^ n, nurse, stop).await })
        })
        .collect();

    for _ in 0..KILLS {
        tokio::time::sleep(Duration::from_millis(random.random_range(50..2500))).await;
        server.kill().await;
        server = Server::start(&[], &environment, record.keys.path()).await;
        place.lock().expect("not poisoned").clone_from(&server.url);
    }
    stop.cancel();
    let answered: BTreeSet<Uuid> =
        futures::future::join_all(crowd).await.into_iter().flat_map(|one| one.expect("no panic")).collect();
    let told: Acknowledged =
        futures::future::join_all(clients).await.into_iter().flat_map(|one| one.expect("no panic")).collect();
    let before = chaos::rungs(&record).await;
    chaos::settled(&record, &before, &answered).await;
    chaos::verify(&record, &answered).await;

    let registered = record
        .owner
        .query("select stream_id from es.event where event_type = 'patient.created'", &[])
        .await
        .expect("events");
    let registered: Vec<Uuid> = registered.iter().map(|row| row.get(0)).collect();
    let acknowledged: BTreeSet<Uuid> = told.iter().map(|(_, id)| *id).collect();
    assert!(told.len() >= KILLS, "{} commands prove little", told.len());
    assert_eq!(acknowledged.len(), told.len(), "each key has a patient of its own");
    assert_eq!(registered.len(), told.len(), "each key led to one event");
    assert_eq!(registered.into_iter().collect::<BTreeSet<_>>(), acknowledged, "what was acknowledged is there");
    assert_eq!(record.count("read.patient").await, i64::try_from(told.len()).expect("few"), "and in the directory");
    server.stop();
    println!("{} commands, {} alerts, {} answered", told.len(), before.len(), answered.len());
}

/// The server's own PostgreSQL outlives it, or dies with it at any moment: the next start goes on with what is there.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_killed_with_its_own_database_starts_again_on_its_data() {
    let directory = tempfile::tempdir().expect("a directory");
    let mut told = vec![];
    let mut server = Server::start(&["--demo"], &[], directory.path()).await;
    for turn in 0..5 {
        let token = nurse_of(&server, directory.path()).await;
        for n in 0..4 {
            let body = json!({ "names": [{ "family": format!("Turn{turn}x{n}"), "given": ["Ana"] }] });
            let answer = reqwest::Client::new()
                .post(format!("{}/api/v1/patients", server.url))
                .bearer_auth(&token)
                .json(&body)
                .send()
                .await
                .expect("answered");
            assert_eq!(answer.status().as_u16(), 201);
            let body: Value = answer.json().await.expect("JSON");
            told.push(body["id"].as_str().map(str::to_owned).expect("an id"));
        }
        server.kill().await;
        server = Server::start(&["--demo"], &[], directory.path()).await;
    }
    let token = nurse_of(&server, directory.path()).await;
    for id in &told {
        healthcare_tests::server::get(&format!("{}/api/v1/patients/{id}", server.url), &token).await;
    }
    server.stop();
}

async fn nurse_of(server: &Server, directory: &Path) -> String {
    let file = std::fs::read(directory.join("demo-accounts.json")).expect("the accounts");
    let accounts: Vec<Value> = serde_json::from_slice(&file).expect("JSON");
    let nurse = accounts.into_iter().find(|one| one["role"] == "nurse").expect("a nurse");
    let login: Login = serde_json::from_value(nurse).expect("what an account signs in with");
    login.sign_in(&server.url).await
}
