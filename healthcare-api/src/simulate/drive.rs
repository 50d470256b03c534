//! Driving a real server: readings out, alerts back.

use std::{
    collections::BTreeMap,
    sync::Arc,
    time::{Duration, Instant},
};

use healthcare_application::clock::Clock;
use healthcare_telemetry_gateway::reading::{Batch, Reading};
use serde::Deserialize;
use tokio_util::sync::CancellationToken;

use super::{
    Bedside, Latency, Scenario, Session, SimulationReport,
    alerts::Follower,
    readings,
    ward::{self, Bed, Staff},
};

/// Monitors share this many connections at the most, as the gateways of a hospital's wards do.
const GATEWAYS: usize = 16;
/// Readings of one request at the most.
const BATCH: usize = 4000;
/// How long a batch is tried again before it is given up.
const PERSEVERANCE: Duration = Duration::from_secs(30);
/// How long the last alerts are waited for.
const AFTERWARDS: Duration = Duration::from_secs(2);

/// What is simulated.
#[derive(Debug, Clone)]
pub struct Plan {
    /// How many patients.
    pub patients: u64,
    /// Samples a second and patient.
    pub rate: f64,
    /// The course they take.
    pub scenario: Scenario,
    /// What makes it repeatable.
    pub seed: u64,
    /// For how long; until told to stop if none.
    pub duration: Option<Duration>,
    /// Whether patients of the directory are used rather than registered ones.
    pub existing: bool,
    /// Whether alerts are answered.
    pub acknowledge: bool,
}

/// What one gateway counted.
#[derive(Default)]
struct Counted {
    sent: u64,
    stored: u64,
    duplicates: u64,
    refusals: BTreeMap<String, u64>,
    unacknowledged: u64,
    latencies: Vec<f64>,
}

/// What the server answers to a batch.
#[derive(Deserialize)]
struct Submitted {
    accepted: u64,
    duplicates: u64,
    refused: Vec<Refused>,
}

#[derive(Deserialize)]
struct Refused {
    reason: String,
}

/// Makes a ward ready, lets its patients take their course, and reports. Ends by itself after the plan's duration, or
/// when told to stop.
///
/// # Errors
/// When the ward cannot be made ready. What fails afterwards is counted.
pub async fn drive(
    plan: Plan,
    staff: Staff,
    clock: Arc<dyn Clock>,
    stop: CancellationToken,
) -> anyhow::Result<SimulationReport> {
    let beds = ward::make_ready(&staff, plan.seed, plan.patients, plan.existing).await?;
    let follower = Follower {
        nurse: staff.nurse.clone(),
        patients: beds.iter().map(|bed| bed.patient).collect(),
        acknowledge: plan.acknowledge,
        clock: clock.clone(),
    };
    let (ready, open) = tokio::sync::oneshot::channel();
    let heard_all = CancellationToken::new();
    let following = tokio::spawn(follower.run(ready, heard_all.clone()));
    // Without the live channel readings go out all the same; the report then says that no alert was heard.
    if tokio::time::timeout(Duration::from_secs(5), open).await.is_err() {
        tracing::warn!("the live channel does not open; alerts are not heard until it does");
    }

    let begun = Instant::now();
    if let Some(duration) = plan.duration {
        let stop = stop.clone();
        tokio::spawn(async move {
            tokio::time::sleep(duration).await;
            stop.cancel();
        });
    }
    let gateways = GATEWAYS.min(beds.len().max(1));
    let running: Vec<_> = (0..gateways)
        .map(|nth| {
            let beds: Vec<(u64, Bed)> = (0..).zip(beds.iter().cloned()).skip(nth).step_by(gateways).collect();
            tokio::spawn(gateway(plan.clone(), beds, staff.device.clone(), clock.clone(), stop.clone()))
        })
        .collect();
    let mut all = Counted::default();
    for gateway in running {
        all.add(gateway.await?);
    }
    let seconds = begun.elapsed().as_secs_f64();
    tokio::time::sleep(AFTERWARDS).await;
    heard_all.cancel();
    let heard = following.await?;
    for bed in &beds {
        if let Err(error) = ward::take_off(&staff.nurse, bed.device).await {
            tracing::warn!(error = %error, "a device stays on its patient");
        }
    }
    let Plan { patients, rate, scenario, seed, .. } = plan;
    let Counted { sent, stored, duplicates, refusals, unacknowledged, latencies } = all;
    Ok(SimulationReport {
        scenario,
        seed,
        patients,
        rate,
        seconds,
        sent,
        stored,
        duplicates,
        refused: refusals.values().sum(),
        refusals,
        unacknowledged,
        alerts: heard.alerts.len() as u64,
        by_priority: heard.by_priority,
        escalations: heard.escalations,
        acknowledged: heard.acknowledged,
        sample_to_alert: Latency::of(heard.latencies),
        sample_to_acknowledgement: Latency::of(latencies),
    })
}

/// Sends the readings of some beds, a round of all of them at each tick.
async fn gateway(
    plan: Plan,
    beds: Vec<(u64, Bed)>,
    session: Arc<Session>,
    clock: Arc<dyn Clock>,
    stop: CancellationToken,
) -> Counted {
    let step = 1.0 / plan.rate;
    let mut patients: Vec<_> =
        beds.iter().map(|(number, bed)| (bed, Bedside::new(plan.seed, *number, plan.scenario), 0)).collect();
    let mut tick = tokio::time::interval(Duration::from_secs_f64(step));
    // A server that was slow is not flooded afterwards: the ticks missed are gone, and their readings with them.
    tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut counted = Counted::default();
    loop {
        tokio::select! {
            biased;
            () = stop.cancelled() => return counted,
            _ = tick.tick() => {}
        }
        let now = clock.now();
        let round: Vec<Reading> = patients
            .iter_mut()
            .flat_map(|(bed, bedside, seq)| readings(&bed.serial, now, bedside.step(step), seq))
            .collect();
        for batch in round.chunks(BATCH) {
            counted.submit(&session, batch.to_vec(), &stop).await;
        }
    }
}

impl Counted {
    /// Sends a batch until it is acknowledged: as it is, since a repeat adds nothing.
    async fn submit(&mut self, session: &Session, readings: Vec<Reading>, stop: &CancellationToken) {
        let count = readings.len() as u64;
        self.sent += count;
        let (batch, begun) = (Batch { readings }, Instant::now());
        let mut pause = Duration::from_millis(50);
        loop {
            let error = match session.post("/api/v1/telemetry/readings", None, &batch).await.map(serde_json::from_value)
            {
                Ok(Ok(submitted)) => {
                    self.latencies.push(begun.elapsed().as_secs_f64() * 1000.0);
                    return self.acknowledged(submitted);
                }
                Ok(Err(unreadable)) => {
                    tracing::error!(error = %unreadable, "the answer to a batch cannot be read");
                    break;
                }
                Err(error) => error,
            };
            if !error.passes() || stop.is_cancelled() || begun.elapsed() > PERSEVERANCE {
                tracing::error!(error = %error, "a batch was not acknowledged");
                break;
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(Duration::from_secs(2));
        }
        self.unacknowledged += count;
    }

    fn acknowledged(&mut self, submitted: Submitted) {
        let Submitted { accepted, duplicates, refused } = submitted;
        self.stored += accepted;
        self.duplicates += duplicates;
        for Refused { reason } in refused {
            *self.refusals.entry(reason).or_default() += 1;
        }
    }

    fn add(&mut self, other: Self) {
        let Self { sent, stored, duplicates, refusals, unacknowledged, latencies } = other;
        self.sent += sent;
        self.stored += stored;
        self.duplicates += duplicates;
        self.unacknowledged += unacknowledged;
        self.latencies.extend(latencies);
        for (reason, count) in refusals {
            *self.refusals.entry(reason).or_default() += count;
        }
    }
}
