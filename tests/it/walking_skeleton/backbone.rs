//! Looking into Kafka and Redis with clients that share no code with the product.

use std::{collections::BTreeMap, process::Command, time::Duration};

use healthcare_application::Role;
use healthcare_tests::app::TestApp;

use super::Walked;

/// A message as kcat prints it.
struct Message {
    key: String,
    headers: BTreeMap<String, String>,
    payload: String,
}

/// Reads a topic from its beginning to its end; nothing when there is no such topic.
fn kcat(brokers: &str, topic: &str) -> Vec<Message> {
    let output = Command::new("kcat")
        .args(["-b", brokers, "-C", "-t", topic, "-o", "beginning", "-e", "-q", "-f", "%k\\t%h\\t%s\\n"])
        .output()
        .expect("kcat runs");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let message = |line: &str| {
        let mut fields = line.splitn(3, '\t');
        let mut field = || fields.next().unwrap_or_default().to_owned();
        let (key, headers, payload) = (field(), field(), field());
        let headers = headers.split(',').filter_map(|header| header.split_once('='));
        let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        Message { key, headers, payload }
    };
    text.lines().map(message).collect()
}

/// The version each stream is at, where an id is `stream:version`; nothing when a stream steps over or back.
fn stepped(ids: &[String]) -> Option<BTreeMap<&str, i32>> {
    let mut streams = BTreeMap::new();
    for id in ids {
        let (stream, version) = id.split_once(':')?;
        let version: i32 = version.parse().ok()?;
        let before = streams.insert(stream, version).unwrap_or(0);
        if version != before + 1 {
            return None;
        }
    }
    Some(streams)
}

/// Every event of the patient is on the topic once, under the patient's key, each stream in its order. Between streams
/// the order is that of the commits: whoever draws a number first may commit last.
pub async fn domain_events_are_there(app: &TestApp, brokers: &str, walked: &Walked) {
    let owner = app.owner().await;
    let patient: uuid::Uuid = walked.patient.parse().expect("an id");
    let mut seen = String::new();
    for _ in 0..100 {
        let sql =
            "select stream_id::text || ':' || version from es.event where patient_id = $1 order by stream_id, version";
        let rows = owner.query(sql, &[&patient]).await.expect("it answers");
        let stored: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
        let messages = kcat(brokers, "domain-events");
        let of_patient = messages.iter().filter(|message| message.key == walked.patient);
        let relayed: Vec<String> = of_patient.map(|message| message.headers["ce_id"].clone()).collect();
        let steps = stepped(&relayed);
        if stored.len() == relayed.len() && steps.is_some() && steps == stepped(&stored) {
            let kinds: Vec<&str> =
                messages.iter().filter_map(|m| m.headers.get("ce_type").map(String::as_str)).collect();
            for kind in
                ["patient.created", "patient.allergy.added", "pharmacy.medication.prescribed", "alert.escalated"]
            {
                assert!(kinds.contains(&kind), "{kind} was relayed");
            }
            assert!(messages.iter().all(|m| !m.payload.contains("Ferreira")), "no name leaves the house");
            return;
        }
        seen = format!("{stored:?} stored, {relayed:?} relayed");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    panic!("the topic never held what the log holds: {seen}");
}

/// Each reading is on each topic of the telemetry path under the id its device gave it.
pub async fn telemetry_went_through(brokers: &str, walked: &Walked) {
    for topic in ["telemetry.raw", "telemetry.normalized", "telemetry.enriched"] {
        let messages = kcat(brokers, topic);
        for reading in &walked.readings {
            let found = messages.iter().any(|m| m.headers.get("ce_id").is_some_and(|id| id.contains(reading.as_str())));
            assert!(found, "a reading is on {topic}");
        }
    }
    let scored = kcat(brokers, "telemetry.scored");
    assert!(scored.iter().any(|m| m.key == walked.patient), "the score is on its topic under the patient's key");
    for _ in 0..50 {
        let raised = kcat(brokers, "alerts.raised");
        let of_alert = |m: &Message| m.headers.get("ce_id").is_some_and(|id| id.starts_with(&walked.alert));
        if raised.iter().any(|m| of_alert(m) && m.key == walked.patient) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    panic!("the alert never was on its topic under the patient's key");
}

/// A wrong password is counted in Redis, under a digest.
pub async fn sign_ins_are_counted_in_redis(app: &TestApp, url: &str) {
    let wrong = serde_json::json!({ "username": "nobody-in-particular", "password": "wrong" });
    let request = app.anonymous(reqwest::Method::POST, "/api/v1/auth/login").json(&wrong);
    assert_eq!(request.send().await.expect("an answer").status(), 401);
    let client = redis::Client::open(url).expect("a URL");
    let mut redis = client.get_multiplexed_async_connection().await.expect("Redis answers");
    let keys: Vec<String> = redis::cmd("KEYS").arg("healthcare:sign-in:*").query_async(&mut redis).await.expect("keys");
    assert!(!keys.is_empty());
    assert!(keys.iter().all(|key| !key.contains("nobody")), "no name is in a key");
    assert_eq!(app.get(Role::Nurse, "/api/v1/patients").await.status, 200);
}
