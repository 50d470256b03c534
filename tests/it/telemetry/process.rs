//! The gateway's own program, beside no server at all: readings in, stored, and an alert in the record.

use std::time::Duration;

use futures::future::join_all;
use healthcare_application::Role;
use healthcare_infrastructure::access::{Credentials, NewAccount, Origin};
use healthcare_tests::{
    app::{Answer, Ask},
    kafka::KafkaBroker,
    login::Login,
    server::{Server, gateway_binary, until},
};
use serde_json::{Value, json};

use super::{Ward, broker, over_http::spo2};

/// A ward with a monitored patient and the password of a device's account.
async fn ward() -> (Ward, String, String) {
    let ward = Ward::new().await;
    let (patient, _) = ward.monitored("MON-1").await;
    let access = &ward.record.platform.access;
    let new = NewAccount { username: "gateway".into(), role: Role::Device, patient: None, device: None };
    let login = Login::made(access, new, "correct horse battery staple").await;
    let credentials = Credentials { username: login.username, password: login.password.into(), code: None };
    let tokens = access.sign_in(credentials, &Origin::default()).await.map_err(|_| "refused").expect("signed in");
    (ward, patient.to_string(), tokens.access_token)
}

async fn send(gateway: &Server, token: &str, readings: &[Value]) -> Answer {
    let url = format!("{}/api/v1/telemetry/readings", gateway.url);
    reqwest::Client::new().post(url).bearer_auth(token).json(&json!({ "readings": readings })).answer().await
}

async fn stored_and_alarmed(ward: &Ward, patient: &str, readings: i64) {
    let limit = Duration::from_secs(60);
    until("the readings are stored", limit, async || {
        (ward.record.count("telemetry.reading").await == readings).then_some(())
    })
    .await;
    let alert = format!("read.alert where patient_id = '{patient}' and rule = 'limit:spo2:low' and priority = 'high'");
    until("the alert is raised", limit, async || (ward.record.count(&alert).await == 1).then_some(())).await;
    let waiting = "telemetry.alert_change";
    until("what was decided is carried out", limit, async || (ward.record.count(waiting).await == 0).then_some(()))
        .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_gateway_alone_takes_readings_over_http() {
    let (ward, patient, token) = ward().await;
    let urls = &ward.record.database.urls;
    let environment = [("DATABASE_URL", urls.app.as_str()), ("KEYS_DATABASE_URL", urls.keys.as_str())];
    let gateway = Server::start_gateway(&environment, ward.record.keys.path()).await;
    // SECURITY 51: refusals carry the headers, too.
    let refused = send(&gateway, "not.a.token", &[spo2("MON-1", "a", 97.0)]).await.expect(401);
    for (name, value) in [("x-content-type-options", "nosniff"), ("cache-control", "no-store")] {
        assert_eq!(refused.header(name), Some(value), "{name}");
    }
    let batch = [spo2("MON-1", "a", 97.0), spo2("MON-9", "b", 97.0)];
    let taken = send(&gateway, &token, &batch).await.expect(200);
    assert_eq!((&taken.body["accepted"], &taken.body["refused"][0]["reason"]), (&json!(1), &json!("unknown_device")));
    let low = spo2("MON-1", "c", 75.0);
    send(&gateway, &token, std::slice::from_ref(&low)).await.expect(200);
    let again = send(&gateway, &token, &[low]).await.expect(200);
    assert_eq!((&again.body["accepted"], &again.body["duplicates"]), (&json!(0), &json!(1)));
    stored_and_alarmed(&ward, &patient, 2).await;
    let ended = gateway.stop_and_log();
    assert!(ended.contains("\"stopped\""), "it drains and says so: {ended}");
}

/// SECURITY 51, 52, 54: the gateway alone has the surface of the whole, and nothing else of it answers there.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_gateway_alone_has_the_whole_surface() {
    let (ward, patient, token) = ward().await;
    let urls = &ward.record.database.urls;
    let environment =
        [("DATABASE_URL", &*urls.app), ("KEYS_DATABASE_URL", &*urls.keys), ("HEALTHCARE_REQUESTS_PER_ACCOUNT", "1")];
    let gateway = Server::start_gateway(&environment, ward.record.keys.path()).await;
    let elsewhere = format!("{}/api/v1/patients/{patient}", gateway.url);
    let elsewhere = reqwest::Client::new().get(elsewhere).bearer_auth(&token).answer().await;
    assert_eq!(elsewhere.status, 421, "{elsewhere:?}");
    let readings: Vec<Value> = (0..12).map(|n| spo2("MON-1", &format!("r{n}"), 97.0)).collect();
    let statuses = join_all(readings.chunks(1).map(|one| send(&gateway, &token, one))).await;
    let limited = statuses.iter().find(|answer| answer.status == 429).expect("the rate of an account holds");
    assert!(limited.header("retry-after").is_some(), "{limited:?}");

    // Without a record it would take readings that nobody ever sees.
    let data = tempfile::tempdir().expect("a directory");
    let output = tokio::process::Command::new(gateway_binary())
        .env_clear()
        .env("HEALTHCARE_DATA_DIR", data.path())
        .output()
        .await
        .expect("it runs");
    assert!(!output.status.success());
    assert!(String::from_utf8_lossy(&output.stderr).contains("DATABASE_URL is not set"), "{output:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_gateway_alone_takes_readings_over_kafka_and_goes_on_after_a_kill() {
    let broker = KafkaBroker::start().await;
    let (ward, patient, token) = ward().await;
    let (urls, brokers) = (&ward.record.database.urls, broker.brokers());
    let environment = [
        ("DATABASE_URL", urls.app.as_str()),
        ("KEYS_DATABASE_URL", urls.keys.as_str()),
        ("KAFKA_BROKERS", brokers.as_str()),
    ];
    let gateway = Server::start_gateway(&environment, ward.record.keys.path()).await;
    send(&gateway, &token, &[spo2("MON-1", "a", 97.0)]).await.expect(200);
    send(&gateway, &token, &[spo2("MON-1", "b", 75.0)]).await.expect(200);
    stored_and_alarmed(&ward, &patient, 2).await;
    let told = |topic: &str| broker::read(&brokers, topic).len();
    assert_eq!((told("telemetry.raw"), told("telemetry.enriched")), (2, 2));

    // Acknowledged by the broker, and the process is gone: the next one takes it from there.
    send(&gateway, &token, &[spo2("MON-1", "c", 74.0)]).await.expect(200);
    gateway.kill().await;
    let gateway = Server::start_gateway(&environment, ward.record.keys.path()).await;
    stored_and_alarmed(&ward, &patient, 3).await;
    let ended = gateway.stop_and_log();
    assert!(ended.contains("\"stopped\""), "it drains and says so: {ended}");
}
