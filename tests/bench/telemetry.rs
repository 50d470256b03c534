//! Readings stored a second, against psql copying and inserting the same rows; and the time from a reading to its alert.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::ensure;
use chrono::{DateTime, Utc};
use futures::future::try_join_all;
use healthcare_application::{App, Call, Role, device};
use healthcare_domain::{
    device::DeviceDescription,
    id::{DeviceId, PatientId},
};
use serde_json::{Value, json};

use crate::{
    command::{register, registrar},
    hospital::{Hospital, sign_in},
    http::{self, Connection},
    load::{self, Client, Window},
    psql::Psql,
    report::{Goal, Item},
    rounds::{ROUNDS, Sides},
};

const PART: &str = "telemetry";
/// Gateways that send at once, and sessions of psql that copy at once.
const SENDERS: usize = 4;
/// Beds of one gateway.
const BEDS: usize = 240;
/// A batch holds ten seconds of five signals of twenty beds.
const BEDS_A_BATCH: usize = 20;
const SECONDS_A_BATCH: i64 = 10;
/// Code, unit and an ordinary value of each signal.
pub const SIGNALS: [(&str, &str, f64); 5] = [
    ("8867-4", "/min", 72.0),
    ("9279-1", "/min", 15.0),
    ("59408-5", "%", 97.0),
    ("8480-6", "mm[Hg]", 122.0),
    ("8310-5", "Cel", 36.8),
];
/// Readings of a batch.
pub const BATCH: usize = BEDS_A_BATCH * SECONDS_A_BATCH as usize * SIGNALS.len();
const WARM_UP: Duration = Duration::from_millis(500);
const WINDOW: Duration = Duration::from_secs(2);
/// Alerts whose time is taken.
const ALERTS: usize = 300;

/// Stores batches on each side in turn, then raises alerts.
pub async fn measure(hospital: &Hospital) -> anyhow::Result<Vec<Item>> {
    let token: Arc<str> = sign_in(&hospital.platform, &hospital.server, Role::Device).await?.into();
    let beds = beds(&hospital.platform.app, SENDERS * BEDS + ALERTS).await?;
    hospital.settle().await?;
    // Within the hour in which a device's own time is believed. An older one is taken for a wrong clock, and its
    // readings have an index more to enter than the reference's.
    let start = hospital.platform.app.clock.now() - chrono::Duration::minutes(50);
    let mut sides = Sides::default();
    let mut last = None;
    let mut sent = start;
    for round in 0..ROUNDS {
        let reference = Psql::copy_and_insert(hospital, SENDERS, round).await?;
        let mut senders = vec![];
        for beds in beds[..SENDERS * BEDS].chunks(BEDS) {
            let devices = beds.iter().map(|(device, _)| *device).collect();
            let connection = hospital.server.connect().await?;
            senders.push(Sender { connection, token: token.clone(), devices, next: 0, at: sent });
        }
        let window = load::run(senders, WARM_UP, WINDOW).await?;
        sides.add(window.per_second * BATCH as f64, reference);
        // A round's readings lie behind those of the one before.
        sent += chrono::Duration::minutes(8);
        last = Some(window);
    }
    let alerts = alerts(hospital, &token, &beds[SENDERS * BEDS..]).await?;
    let of = |window: &Window, share| window.quantile_ms(share);
    Ok(vec![
        Item::against(
            PART,
            "readings stored over HTTP, batches of 1,000, 4 senders",
            "rows/s",
            &sides,
            Some(Goal::RatioAtLeast(0.7)),
        ),
        Item::figure(PART, "p99 of such a batch, to durable", "ms", last.map_or(f64::NAN, |w| of(&w, 0.99)), None),
        Item::figure(PART, "reading sent to alert stored, p50", "ms", of(&alerts, 0.5), None),
        Item::figure(PART, "reading sent to alert stored, p99", "ms", of(&alerts, 0.99), Some(Goal::AtMost(50.0))),
    ])
}

/// Patients, each with a monitor.
async fn beds(app: &App, count: usize) -> anyhow::Result<Vec<(DeviceId, PatientId)>> {
    let by = registrar(app);
    let mut beds = Vec::with_capacity(count);
    while beds.len() < count {
        let some = (beds.len()..count.min(beds.len() + 16)).map(async |n| {
            let patient = register(app, &by, 500_000_000 + n).await?;
            let call = Call::system(app.clock.new_id());
            let description =
                DeviceDescription { serial: format!("BENCH-{n}"), kind: "bedside monitor".into(), model: None };
            let device = device::register_device(app, &call, device::RegisterDevice { description }).await?.id;
            let at = Some(app.clock.now() - chrono::Duration::hours(3));
            device::assign_device(app, &call, device::AssignDevice { device: DeviceId(device), patient, at }).await?;
            anyhow::Ok((DeviceId(device), patient))
        });
        beds.extend(try_join_all(some).await?);
    }
    Ok(beds)
}

/// A gateway that sends the readings of its beds, ten seconds at a time.
struct Sender {
    connection: Connection,
    token: Arc<str>,
    devices: Vec<DeviceId>,
    next: usize,
    at: DateTime<Utc>,
}

impl Client for Sender {
    async fn ask(&mut self) -> anyhow::Result<()> {
        let groups = self.devices.len() / BEDS_A_BATCH;
        let (group, pass) = (self.next % groups, self.next / groups);
        self.next += 1;
        let from = self.at + chrono::Duration::seconds(SECONDS_A_BATCH * pass as i64);
        let mut readings = Vec::with_capacity(BATCH);
        // The cores are shared: a time is written once for all who measured then.
        let seconds: Vec<Moment> =
            (0..SECONDS_A_BATCH).map(|second| Moment::of(from + chrono::Duration::seconds(second))).collect();
        for device in &self.devices[group * BEDS_A_BATCH..][..BEDS_A_BATCH] {
            for at in &seconds {
                readings.extend(SIGNALS.map(|(code, unit, value)| reading(*device, code, unit, value, at)));
            }
        }
        let body = format!(r#"{{"readings":[{}]}}"#, readings.join(","));
        submit(&mut self.connection, &self.token, &body, BATCH).await
    }
}

/// A time as a device writes it.
struct Moment {
    micros: i64,
    text: String,
}

impl Moment {
    fn of(at: DateTime<Utc>) -> Self {
        Self { micros: at.timestamp_micros(), text: at.format("%Y-%m-%dT%H:%M:%S%.6fZ").to_string() }
    }
}

fn reading(device: DeviceId, code: &str, unit: &str, value: f64, Moment { micros, text: at }: &Moment) -> String {
    format!(
        r#"{{"event_id":"{code}-{micros}","device_id":"{device}","code":"{code}","value":{value},"unit":"{unit}","measured_at":"{at}"}}"#
    )
}

/// Sends a batch, all of which must be stored.
async fn submit(connection: &mut Connection, token: &str, body: &str, count: usize) -> anyhow::Result<()> {
    let answer = connection.exchange(&http::post("/api/v1/telemetry/readings", Some(token), None, body)).await?;
    let said: Value = serde_json::from_slice(&answer.body)?;
    ensure!(answer.status == 200 && said["accepted"] == count, "{}: {said}", answer.status);
    Ok(())
}

/// From the sending of a reading that no patient can wait with, to the alert in the record. An alert that is there
/// when the answer comes counts from the answer: the true time is never longer than the one taken.
async fn alerts(hospital: &Hospital, token: &str, beds: &[(DeviceId, PatientId)]) -> anyhow::Result<Window> {
    let mut connection = hospital.server.connect().await?;
    let raised = "select exists (select from read.alert where patient_id = $1 and rule = 'limit:spo2:low')";
    let raised = hospital.owner.prepare(raised).await?;
    let mut latencies = vec![];
    for (device, patient) in beds {
        let now = Moment::of(hospital.platform.app.clock.now());
        let body =
            json!({ "readings": [serde_json::from_str::<Value>(&reading(*device, "59408-5", "%", 75.0, &now))?] });
        let sent = Instant::now();
        submit(&mut connection, token, &body.to_string(), 1).await?;
        while !hospital.owner.query_one(&raised, &[&patient.0]).await?.get::<_, bool>(0) {
            ensure!(sent.elapsed() < Duration::from_secs(10), "no alert came of a saturation of 75 %");
            // Who looks without a pause takes half of the processors from who is measured.
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        latencies.push(sent.elapsed());
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    Ok(Window::of(latencies, Duration::from_secs(1)))
}
