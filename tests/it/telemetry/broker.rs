//! A ward over a broker, and its topics as kcat, which shares no code with the gateway, reads them.

use std::{
    collections::{BTreeMap, BTreeSet},
    process::Command,
    time::{Duration, Instant},
};

use healthcare_telemetry_gateway::{
    reading::Reading,
    transport::{Transport, kafka::Backbone},
};
use healthcare_tests::kafka;
use serde_json::Value;
use tokio::{task::JoinHandle, time::sleep};
use tokio_util::sync::CancellationToken;

use super::Ward;

pub const TRACE: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

/// A message as kcat reads it.
pub struct Message {
    pub key: String,
    pub headers: BTreeMap<String, String>,
    pub payload: String,
}

impl Message {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.payload).expect("JSON")
    }
}

/// Reads a topic from its beginning to its end.
pub fn read(brokers: &str, topic: &str) -> Vec<Message> {
    let output = Command::new("kcat")
        .args(["-b", brokers, "-C", "-t", topic, "-o", "beginning", "-e", "-q", "-J"])
        .output()
        .expect("kcat runs");
    let text = String::from_utf8(output.stdout).expect("text");
    text.lines()
        .map(|line| {
            let message: Value = serde_json::from_str(line).expect("kcat prints JSON");
            let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
            let headers = message["headers"].as_array().cloned().unwrap_or_default();
            Message {
                key: text(&message["key"]),
                headers: headers.chunks(2).map(|pair| (text(&pair[0]), text(&pair[1]))).collect(),
                payload: text(&message["payload"]),
            }
        })
        .collect()
}

/// The ids of messages by key, in order, each where it came first.
pub fn order(messages: &[Message]) -> BTreeMap<String, Vec<String>> {
    let mut seen = BTreeSet::new();
    let mut order: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for message in messages {
        if seen.insert((message.header("ce_source"), message.header("ce_id"))) {
            order.entry(message.key.clone()).or_default().push(message.header("ce_id").to_owned());
        }
    }
    order
}

/// A ward whose readings travel over the shared broker, under a prefix of its own.
pub struct Wired {
    pub ward: Ward,
    pub backbone: Backbone,
    pub door: Transport,
}

impl Wired {
    pub async fn new(prefix: &str) -> Self {
        let brokers = kafka::shared().await.brokers();
        let ward = Ward::new().await;
        let backbone = Backbone::with_prefix(&brokers, prefix);
        let door = ward.gateway.over(&backbone);
        Self { ward, backbone, door }
    }

    pub async fn send(&self, readings: &[Reading]) {
        let receipt = self.door.submit(readings, None, Some(TRACE)).await.expect("taken by the broker");
        assert_eq!((receipt.accepted, receipt.refused.len()), (readings.len() as u64, 0));
    }

    /// Another process that reads.
    pub fn reader(&self) -> (CancellationToken, JoinHandle<()>) {
        let stop = self.ward.stop.child_token();
        (stop.clone(), tokio::spawn(self.ward.gateway.reader(&self.backbone).run(stop)))
    }

    pub fn topic(&self, topic: &str) -> Vec<Message> {
        read(&self.backbone.brokers, topic)
    }

    /// Waits for so many rows of a table or more; the assertion says what is there instead.
    pub async fn until(&self, of: &str, number: i64) {
        let deadline = Instant::now() + Duration::from_secs(90);
        loop {
            let count = self.ward.record.count(of).await;
            if count >= number {
                assert_eq!(count, number, "{of}");
                return;
            }
            assert!(Instant::now() < deadline, "{count} of {number}: {of}");
            sleep(Duration::from_millis(50)).await;
        }
    }
}
