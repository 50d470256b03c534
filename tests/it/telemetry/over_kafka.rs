use std::{
    collections::BTreeSet,
    time::{Duration, Instant},
};

use chrono::Duration as Span;
use healthcare_application::Role;
use healthcare_infrastructure::{
    embedded::roles,
    event_log::{Feed, Ticker},
    relay::Relay,
};
use healthcare_telemetry_gateway::reading::Reading;
use healthcare_tests::{
    app::spawn_app_over,
    kafka::{self, KafkaBroker},
    postgres::cluster,
};
use rdkafka::{
    ClientConfig,
    message::{Header, OwnedHeaders},
    producer::{FutureProducer, FutureRecord},
};
use serde_json::json;
use tokio::time::sleep;

use super::{
    broker::{TRACE, Wired, order},
    over_http, reading, spo2,
};

/// Readings of a second each, the oldest first.
fn stream(serial: &str, wired: &Wired, number: i64) -> Vec<Reading> {
    (0..number).map(|n| spo2(serial, 97.0, wired.ward.now() - Span::seconds(number - n))).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_reading_is_stored_scored_and_told_of_on_every_topic() {
    let wired = Wired::new("whole.").await;
    let ward = &wired.ward;
    let mut patients = vec![];
    for serial in ["MON-1", "MON-2", "MON-3"] {
        patients.push(ward.monitored(serial).await.0);
    }
    ward.device("MON-4").await;
    let (stop, reader) = wired.reader();
    let mut ids = BTreeSet::new();
    for n in (0..40).rev() {
        let at = ward.now() - Span::seconds(n);
        let batch = ["MON-1", "MON-2", "MON-3", "MON-4"].map(|serial| spo2(serial, 97.0, at));
        ids.extend(batch.iter().map(|reading| reading.event_id.clone()));
        wired.send(&batch).await;
    }
    let bad = spo2("MON-1", 70.0, ward.now() + Span::milliseconds(1));
    ids.insert(bad.event_id.clone());
    wired.send(std::slice::from_ref(&bad)).await;
    wired.until("telemetry.reading", 161).await;
    ward.carry_out().await;
    assert!(
        ward.alerts(patients[0]).await.iter().any(|(rule, priority, _)| rule == "limit:spo2:low" && priority == "high")
    );
    assert!(ward.record.count("telemetry.score").await >= 3);
    stop.cancel();
    reader.await.expect("it stops");

    let topics = &wired.backbone.topics;
    let raw = order(&wired.topic(&topics.raw));
    assert_eq!(raw.len(), 4, "three patients, and a device on nobody");
    for topic in [&topics.raw, &topics.normalized, &topics.enriched] {
        let messages = wired.topic(topic);
        assert_eq!(messages.len(), 161, "{topic}: each once");
        assert_eq!(messages.iter().map(|m| m.header("ce_id").to_owned()).collect::<BTreeSet<_>>(), ids, "{topic}");
        assert_eq!(order(&messages), raw, "{topic}: the order of each key");
        assert!(
            messages.iter().all(|m| m.header("traceparent") == TRACE && m.header("ce_eventid") == m.header("ce_id"))
        );
    }
    for patient in &patients {
        let of = raw[&patient.to_string()].iter().filter(|id| **id != bad.event_id);
        let times: Vec<i64> = of.map(|id| id.rsplit('-').next().expect("a time").parse().expect("µs")).collect();
        assert!(times.len() == 40 && times.is_sorted(), "as it was sent: {times:?}");
    }
    for message in wired.topic(&topics.enriched) {
        let patient = message.json()["patient"].as_str().map(str::to_owned);
        assert_eq!(
            patient.as_deref().unwrap_or_else(|| message.header("ce_source").rsplit('/').next().expect("a device")),
            message.key
        );
    }
    let scored = wired.topic(&topics.scored);
    assert!(scored.len() as i64 >= ward.record.count("telemetry.score").await);
    for message in &scored {
        assert!(ids.contains(message.header("ce_eventid")) && message.header("traceparent") == TRACE);
        assert_eq!(message.json()["patient"], message.key);
    }

    let (feed_stop, store) = (ward.stop.child_token(), &ward.record.store);
    tokio::spawn(Ticker::new(store).run(feed_stop.clone()));
    let feed = Feed::start(ward.record.platform.db.clone(), feed_stop.clone());
    let relay = Relay::of_alerts(store, &wired.backbone.brokers).to_topic("whole.alerts.raised");
    let relay = tokio::spawn(relay.run(feed, feed_stop.clone()));
    let deadline = Instant::now() + Duration::from_secs(30);
    let alert = loop {
        let alerts = wired.topic("whole.alerts.raised");
        if let Some(alert) = alerts.into_iter().find(|m| m.json()["content"]["rule"] == "limit:spo2:low") {
            break alert;
        }
        assert!(Instant::now() < deadline, "the alert is not told");
        sleep(Duration::from_millis(100)).await;
    };
    feed_stop.cancel();
    relay.await.expect("it stops");
    assert_eq!((alert.key.as_str(), alert.header("traceparent")), (patients[0].to_string().as_str(), TRACE));
    assert_eq!(alert.json()["content"]["evidence"], json!([bad.event_id]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_door_refuses_as_it_does_without_a_broker() {
    let wired = Wired::new("door.").await;
    let (_, device) = wired.ward.monitored("MON-1").await;
    wired.ward.monitored("MON-2").await;
    let now = wired.ward.now();
    let batch = [
        spo2("MON-1", 97.0, now),
        reading("MON-1", "8867-4", 72.0, "bpm", now),
        reading("MON-1", "8310-5", 384.5, "Cel", now),
        spo2("MON-9", 97.0, now),
        spo2("MON-2", 97.0, now),
        spo2("MON-1", 97.0, now),
        Reading { event_id: "nul\0".into(), ..spo2("MON-1", 97.0, now) },
    ];
    let over = wired.door.submit(&batch, Some(device), None).await.expect("taken");
    let without = wired.ward.transport.submit(&batch, Some(device), None).await.expect("stored");
    assert_eq!(over, without);
    let reasons: Vec<_> = over.refused.iter().map(|one| (one.index, one.reason.reason())).collect();
    let expected =
        [(1, "unknown_unit"), (2, "impossible"), (3, "unknown_device"), (4, "foreign_device"), (6, "event_id")];
    assert_eq!((over.accepted, over.duplicates, reasons.as_slice()), (1, 1, expected.as_slice()));
    assert_eq!(wired.topic(&wired.backbone.topics.raw).len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_reader_that_dies_before_its_commit_has_done_nothing_and_the_next_does_it_once() {
    let wired = Wired::new("dies.").await;
    let (patient, _) = wired.ward.monitored("MON-1").await;
    let owner = &wired.ward.record.owner;
    owner
        .batch_execute(
            "create function public.slow() returns trigger language plpgsql as
                 $$ begin perform pg_sleep(60); return null; end $$;
             create constraint trigger slow after update on telemetry.stream_position deferrable initially deferred
                 for each row execute function public.slow()",
        )
        .await
        .expect("a commit that takes a minute");
    wired.send(&[spo2("MON-1", 70.0, wired.ward.now())]).await;
    let (_, first) = wired.reader();
    let superuser = cluster().await.superuser_url("postgres");
    let superuser = roles::connect(&superuser).await.expect("the superuser signs in");
    let name = &wired.ward.record.database.name;
    let committing = format!("from pg_stat_activity where datname = '{name}' and wait_event = 'PgSleep'");
    let deadline = Instant::now() + Duration::from_secs(60);
    while superuser.query(&format!("select {committing}"), &[]).await.expect("sessions").is_empty() {
        assert!(Instant::now() < deadline, "no commit has begun");
        sleep(Duration::from_millis(50)).await;
    }
    let topics = &wired.backbone.topics;
    assert_eq!(wired.topic(&topics.enriched).len(), 1, "told of before the commit");
    // The reader is gone, and its session with it.
    first.abort();
    superuser.batch_execute(&format!("select pg_terminate_backend(pid, 5000) {committing}")).await.expect("ended");
    owner.batch_execute("drop trigger slow on telemetry.stream_position").await.expect("dropped");
    assert_eq!(wired.ward.record.count("telemetry.reading").await, 0);

    let _second = wired.reader();
    wired.until("telemetry.reading", 1).await;
    let raised = format!("telemetry.alert_change where patient_id = '{patient}' and rule = 'limit:spo2:low'");
    assert_eq!(wired.ward.record.count(&raised).await, 1);
    assert_eq!(wired.ward.record.count("telemetry.stream_position where next_offset = 1").await, 1);
    let told = wired.topic(&topics.enriched);
    assert_eq!(told.len(), 2, "and told of again,");
    assert_eq!(order(&told)[&patient.to_string()].len(), 1, "under the same id");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn readers_come_and_go_and_every_reading_counts_once() {
    let wired = Wired::new("turns.").await;
    let serials: Vec<String> = (1..=12).map(|n| format!("MON-{n}")).collect();
    for serial in &serials {
        wired.ward.monitored(serial).await;
    }
    let streams: Vec<Vec<Reading>> = serials.iter().map(|serial| stream(serial, &wired, 100)).collect();
    let mut readers = vec![wired.reader()];
    for turn in 0..100 {
        let batch: Vec<Reading> = streams.iter().map(|stream| stream[turn].clone()).collect();
        wired.send(&batch).await;
        match turn {
            20 | 50 => readers.push(wired.reader()),
            // Dropped wherever it stands.
            35 => readers[0].1.abort(),
            // Told to stop.
            70 => readers[1].0.cancel(),
            _ => {}
        }
        sleep(Duration::from_millis(60)).await;
    }
    wired.until("telemetry.reading", 1200).await;
    let moved = wired.ward.record.owner.query_one("select sum(next_offset)::int8 from telemetry.stream_position", &[]);
    assert_eq!(moved.await.expect("positions").get::<_, i64>(0), 1200);
    let topics = &wired.backbone.topics;
    assert_eq!(order(&wired.topic(&topics.enriched)), order(&wired.topic(&topics.raw)));
    assert_eq!(wired.topic(&topics.dead).len(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_reader_that_is_out_of_date_is_fenced_and_goes_on_behind_the_other() {
    let wired = Wired::new("fenced.").await;
    wired.ward.monitored("MON-1").await;
    let all = stream("MON-1", &wired, 3);
    let _reader = wired.reader();
    wired.send(&all[..1]).await;
    wired.until("telemetry.reading", 1).await;
    // Another reader has settled the second message.
    let moved = "update telemetry.stream_position set next_offset = 2 where next_offset = 1";
    assert_eq!(wired.ward.record.owner.execute(moved, &[]).await.expect("moved"), 1);
    wired.send(&all[1..2]).await;
    wired.send(&all[2..]).await;
    wired.until("telemetry.reading", 2).await;
    let topics = &wired.backbone.topics;
    let told: BTreeSet<_> = wired.topic(&topics.enriched).iter().map(|m| m.header("ce_id").to_owned()).collect();
    assert_eq!(told, [all[0].event_id.clone(), all[2].event_id.clone()].into(), "of the second it has said nothing");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_is_no_reading_is_put_aside_and_what_is_behind_it_is_taken() {
    let wired = Wired::new("poison.").await;
    let (patient, device) = wired.ward.monitored("MON-1").await;
    let now = wired.ward.now();
    let key = patient.to_string();
    wired.send(&[spo2("MON-1", 97.0, now - Span::seconds(9))]).await;
    let broker = kafka::shared().await.brokers();
    let producer: FutureProducer = ClientConfig::new()
        .set("bootstrap.servers", broker)
        .set("partitioner", "murmur2_random")
        .create()
        .expect("a producer");
    let raw = |reading: Reading| json!({ "reading": reading, "device": device, "received_at": now }).to_string();
    let foreign = [
        ("not JSON".to_owned(), "trace"),
        (raw(reading("MON-1", "8310-5", 384.5, "Cel", now)), "trace"),
        (raw(spo2("MON-1", 70.0, now - Span::seconds(5))), "a NUL \0 no column takes"),
    ];
    for (payload, trace) in &foreign {
        let headers = OwnedHeaders::new().insert(Header { key: "traceparent", value: Some(*trace) });
        let record = FutureRecord::to(&wired.backbone.topics.raw).key(&key).payload(payload).headers(headers);
        producer.send_result(record).expect("queued").await.expect("reported").expect("delivered");
    }
    wired.send(&[spo2("MON-1", 96.0, now)]).await;
    let _reader = wired.reader();
    wired.until("telemetry.reading", 2).await;
    let dead = wired.topic(&wired.backbone.topics.dead);
    let payloads: BTreeSet<_> = dead.iter().map(|message| message.payload.clone()).collect();
    assert_eq!(payloads, foreign.iter().map(|(payload, _)| payload.clone()).collect());
    let reasons: BTreeSet<_> = dead.iter().map(|message| message.header("dead_reason")).collect();
    assert_eq!(reasons.len(), 3, "{reasons:?}");
    assert!(dead.iter().all(|message| message.header("dead_position").starts_with("poison.telemetry.raw/")));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn without_the_broker_readings_are_not_acknowledged_and_all_else_goes_on() {
    let mut broker = KafkaBroker::start().await;
    let app = spawn_app_over(Some(broker.brokers())).await;
    let (patient, _) = over_http::monitored(&app, "MON-1").await;
    let path = "/api/v1/telemetry/readings";
    let batch = |id: &str, value: f64| json!({ "readings": [over_http::spo2("MON-1", id, value)] });
    let first = app.post(Role::Device, path, batch("a", 97.0)).await.expect(200);
    assert_eq!((&first.body["accepted"], &first.body["duplicates"]), (&json!(1), &json!(0)));
    let stored = async |number: i64| {
        let deadline = Instant::now() + Duration::from_secs(60);
        while app.count("telemetry.reading").await < number {
            assert!(Instant::now() < deadline, "not stored: {number}");
            sleep(Duration::from_millis(50)).await;
        }
    };
    stored(1).await;

    broker.stop();
    let sent = Instant::now();
    let refused = batch("b", 96.0);
    app.post(Role::Device, path, refused.clone()).await.expect_problem(503, "/problems/system/unavailable", &[]);
    assert!(sent.elapsed() < Duration::from_secs(12), "{:?}", sent.elapsed());
    app.get(Role::Nurse, &format!("/api/v1/patients/{patient}")).await.expect(200);
    over_http::monitored(&app, "MON-2").await;

    broker.start_again().await;
    let sent = Instant::now();
    while app.post(Role::Device, path, refused.clone()).await.status != 200 {
        assert!(sent.elapsed() < Duration::from_secs(30), "the door stays closed");
    }
    stored(2).await;
    app.post(Role::Device, path, batch("c", 70.0)).await.expect(200);
    let deadline = Instant::now() + Duration::from_secs(30);
    loop {
        let alerts = app.get(Role::Nurse, &format!("/api/v1/patients/{patient}/alerts")).await;
        if alerts.body["items"].as_array().is_some_and(|all| all.iter().any(|a| a["rule"] == "limit:spo2:low")) {
            break;
        }
        assert!(Instant::now() < deadline, "no alert: {:?}", alerts.body);
        sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(app.count("telemetry.reading").await, 3);
}
