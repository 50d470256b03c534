//! The simulator of a demonstration: two monitors that send a few readings, straight to the gateway of this process.

use std::time::Duration;

use healthcare_application::clock::Clock;
use healthcare_telemetry_gateway::transport::Transport;
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;

use crate::simulate::{Bedside, Scenario, readings};

/// The monitor of the patient who falls ill now and then.
pub(super) const UNSTABLE: &str = "DEMO-1";
/// The monitor of the patient who stays well.
pub(super) const STABLE: &str = "DEMO-2";

/// Seconds between two samples.
const EVERY: u16 = 2;
/// What befalls the unstable one, by seconds of the cycle: well, then septic, then getting better.
const COURSE: [(u32, Scenario); 4] =
    [(0, Scenario::Stable), (20, Scenario::Sepsis), (90, Scenario::Recovery), (240, Scenario::Stable)];
/// Seconds after which the course begins again.
const CYCLE: u32 = 900;
const SEED: u64 = 20_261_121;

/// Sends readings until told to stop. What the gateway does not take is gone: nobody's life depends on these.
pub(super) async fn run(telemetry: &Transport, clock: &dyn Clock, stop: CancellationToken) {
    let mut beds =
        [(UNSTABLE, 0), (STABLE, 1)].map(|(serial, number)| (serial, Bedside::new(SEED, number, Scenario::Stable), 0));
    let mut tick = tokio::time::interval(Duration::from_secs(EVERY.into()));
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut second: u32 = 0;
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = tick.tick() => {}
        }
        let now = clock.now();
        let mut batch = Vec::new();
        for (serial, bedside, seq) in &mut beds {
            let turn = COURSE.iter().find(|(at, _)| *at == second);
            if let (UNSTABLE, Some((_, scenario))) = (*serial, turn) {
                bedside.turn(*scenario);
            }
            batch.extend(readings(serial, now, bedside.step(f64::from(EVERY)), seq));
        }
        second = (second + u32::from(EVERY)) % CYCLE;
        if let Err(error) = telemetry.submit(&batch, None, None).await {
            tracing::warn!(error = %error, "readings of the demonstration were not taken");
        }
    }
}
