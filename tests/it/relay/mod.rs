//! The relay to Kafka, read by kcat, which shares no code with it.

use std::{
    collections::{BTreeMap, BTreeSet},
    process::Command,
    time::{Duration, Instant},
};

use healthcare_application::store::EventStore as _;
use healthcare_domain::{StreamType, id::PatientId};
use healthcare_infrastructure::{
    event_log::{Feed, Ticker},
    event_store::PgEventStore,
    relay::Relay,
};
use healthcare_tests::{bare_record::record, kafka};
use tokio::{task::JoinHandle, time::sleep};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::event_store::given::{advanced, commit, new_id, permit, registered};

/// A message as kcat prints it.
struct Message {
    key: String,
    headers: BTreeMap<String, String>,
    payload: serde_json::Value,
}

impl Message {
    fn id(&self) -> &str {
        &self.headers["ce_id"]
    }
    fn version(&self) -> i32 {
        self.id().rsplit(':').next().expect("a version").parse().expect("a number")
    }
}

/// Reads a topic from its beginning to its end.
fn kcat(brokers: &str, topic: &str) -> Vec<Message> {
    let format = "%k\\t%h\\t%s\\n";
    let output = Command::new("kcat")
        .args(["-b", brokers, "-C", "-t", topic, "-o", "beginning", "-e", "-q", "-f", format])
        .output()
        .expect("kcat runs");
    let text = String::from_utf8(output.stdout).expect("text");
    text.lines()
        .map(|line| {
            let mut fields = line.splitn(3, '\t');
            let mut field = || fields.next().expect("three fields");
            let (key, headers, payload) = (field(), field(), field());
            Message {
                key: key.to_owned(),
                headers: headers
                    .split(',')
                    .filter_map(|header| header.split_once('='))
                    .map(|(name, value)| (name.to_owned(), value.to_owned()))
                    .collect(),
                payload: serde_json::from_str(payload).expect("JSON"),
            }
        })
        .collect()
}

/// Reads until so many different events are there; the assertions say what is missing if they never are.
async fn until(brokers: &str, topic: &str, number: usize) -> Vec<Message> {
    let deadline = Instant::now() + Duration::from_secs(60);
    loop {
        let messages = kcat(brokers, topic);
        let ids: BTreeSet<&str> = messages.iter().map(Message::id).collect();
        if ids.len() >= number || Instant::now() > deadline {
            return messages;
        }
        sleep(Duration::from_millis(300)).await;
    }
}

/// A process with a ticker and a relay.
fn start(store: &PgEventStore, brokers: &str, topic: &str) -> (CancellationToken, JoinHandle<()>) {
    let stop = CancellationToken::new();
    let feed = Feed::start(store.database().clone(), stop.clone());
    tokio::spawn(Ticker::new(store).run(stop.clone()));
    let relay = Relay::new(store, brokers).to_topic(topic);
    (stop.clone(), tokio::spawn(relay.run(feed, stop)))
}

/// Appends an event to each patient's stream. Answers their ids.
async fn append(store: &PgEventStore, patients: &[PatientId], version: i32) -> Vec<String> {
    let mut ids = Vec::new();
    for patient in patients {
        let events = if version == 1 { vec![registered("Zzyzx")] } else { vec![advanced()] };
        let mut one = commit((StreamType::Patient, patient.0), *patient, version - 1, events);
        one.meta.traceparent = Some("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01".into());
        store.append(&permit(store, *patient).await, one).await.expect("appended");
        ids.push(format!("{patient}:{version}"));
    }
    ids
}

fn people(number: usize) -> Vec<PatientId> {
    (0..number).map(|_| PatientId(new_id())).collect()
}

/// Every event is there, under its patient's key; of each key the first occurrences are in order.
fn judge(messages: &[Message], expected: &[String]) {
    let mut first: BTreeSet<&str> = BTreeSet::new();
    let mut last: BTreeMap<&str, i32> = BTreeMap::new();
    for message in messages {
        assert!(message.id().starts_with(&message.key), "{} under the key {}", message.id(), message.key);
        if first.insert(message.id()) {
            let before = last.insert(&message.key, message.version()).unwrap_or(0);
            assert_eq!(message.version(), before + 1, "the order of {}", message.key);
        }
    }
    let expected: BTreeSet<&str> = expected.iter().map(String::as_str).collect();
    assert_eq!(first.len(), expected.len());
    assert_eq!(first, expected);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn every_event_arrives_once_under_its_patients_key_and_in_order() {
    let (record, broker) = (record().await, kafka::shared().await);
    let topic = "relay.whole";
    let patients = people(20);
    let mut ids = append(&record.store, &patients, 1).await;
    let (stop, running) = start(&record.another_store(), &broker.brokers(), topic);
    for version in 2..=10 {
        ids.extend(append(&record.store, &patients, version).await);
    }
    let messages = until(&broker.brokers(), topic, ids.len()).await;
    stop.cancel();
    running.await.expect("it stops");
    judge(&messages, &ids);
    assert_eq!(messages.len(), ids.len(), "nothing was sent twice");

    let created: Vec<&Message> = messages.iter().filter(|m| m.headers["ce_type"] == "patient.created").collect();
    assert_eq!(created.len(), patients.len());
    for message in created {
        let header = |name: &str| message.headers.get(name).map(String::as_str);
        assert_eq!(header("ce_specversion"), Some("1.0"));
        assert_eq!(header("content-type"), Some("application/json"));
        assert_eq!(header("ce_fhirtype"), Some("Patient"));
        assert_eq!(header("ce_priority"), Some("normal"));
        assert_eq!(header("ce_subject"), Some(format!("patient/{}", message.key).as_str()));
        assert_eq!(header("ce_patientid"), Some(message.key.as_str()));
        assert_eq!(header("ce_actor"), Some(Uuid::nil().to_string().as_str()));
        assert_eq!(header("ce_traceparent"), Some("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"));
        assert!(header("ce_time").is_some_and(|t| chrono::DateTime::parse_from_rfc3339(t).is_ok()));
        assert_eq!(message.payload["type"], "PatientRegistered");
        assert!(!message.payload.to_string().contains("Zzyzx"), "a name has left");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_relay_that_crashes_goes_on_where_it_was() {
    let (record, broker) = (record().await, kafka::shared().await);
    let topic = "relay.crashes";
    let patients = people(10);
    let mut ids = append(&record.store, &patients, 1).await;
    for version in 2..=12 {
        let (stop, running) = start(&record.another_store(), &broker.brokers(), topic);
        ids.extend(append(&record.store, &patients, version).await);
        sleep(Duration::from_millis(u64::try_from(version).expect("small") * 60)).await;
        // Its future is dropped wherever it stands, with the session it led in.
        running.abort();
        stop.cancel();
    }
    let (stop, running) = start(&record.another_store(), &broker.brokers(), topic);
    let messages = until(&broker.brokers(), topic, ids.len()).await;
    stop.cancel();
    running.await.expect("it stops");
    judge(&messages, &ids);
    println!("{} events, {} messages", ids.len(), messages.len());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn commands_go_on_without_a_broker_and_the_relay_drains_in_order() {
    let (record, mut broker) = (record().await, kafka::KafkaBroker::start().await);
    let topic = "relay.drains";
    let patients = people(10);
    let (stop, running) = start(&record.another_store(), &broker.brokers(), topic);
    let mut ids = append(&record.store, &patients, 1).await;
    assert_eq!(until(&broker.brokers(), topic, ids.len()).await.len(), ids.len());
    broker.stop();
    for version in 2..=20 {
        ids.extend(append(&record.store, &patients, version).await);
    }
    sleep(Duration::from_secs(3)).await;
    assert!(!running.is_finished(), "the relay waits");
    broker.start_again().await;
    let messages = until(&broker.brokers(), topic, ids.len()).await;
    stop.cancel();
    running.await.expect("it stops");
    judge(&messages, &ids);
}
