//! Rolling readings up: hours that are over, and hours that changed afterwards.

use std::{sync::Arc, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};
use healthcare_application::{StoreError, clock::Clock};
use healthcare_infrastructure::database::{Database, unavailable};
use tokio_util::sync::CancellationToken;

use crate::store::rollup;

/// How often it is looked for what to roll up.
const EVERY: Duration = Duration::from_secs(30);
/// Marks that are taken at a time.
const TAKEN: i64 = 500;
/// Hours of devices in one transaction: an hour of eight signals a second is 28,800 readings.
const AT_ONCE: i64 = 10;

/// How long an hour is left alone. It costs as much to roll up whatever changed in it, so that is let gather.
#[derive(Debug, Clone, Copy)]
pub struct Rest {
    /// After its end.
    pub over: TimeDelta,
    /// After the first change since it was rolled up.
    pub changed: TimeDelta,
}

impl Default for Rest {
    fn default() -> Self {
        Self { over: TimeDelta::minutes(2), changed: TimeDelta::minutes(2) }
    }
}

/// Rolls up until told to stop. Several nodes may: each hour of a device is taken by one.
pub async fn run(db: Database, clock: Arc<dyn Clock>, stop: CancellationToken) {
    let mut look = tokio::time::interval(EVERY);
    look.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = look.tick() => tokio::select! {
                () = stop.cancelled() => return,
                done = roll_up(&db, clock.now(), Rest::default()) => if let Err(error) = done {
                    tracing::warn!(error = &error as &dyn std::error::Error, "readings were not rolled up");
                },
            },
        }
    }
}

/// Rolls up what may be by `now`. Answers how many hours of devices. What a transaction still under way may have changed
/// is left for the next time.
///
/// # Errors
/// When the database does not answer. What was done before stays done.
pub async fn roll_up(db: &Database, now: DateTime<Utc>, rest: Rest) -> Result<usize, StoreError> {
    let begun_by = now - rest.over - TimeDelta::hours(1);
    let mut client = db.get().await?;
    client.query_one("select telemetry.ensure_rollup_months()", &[]).await.map_err(unavailable)?;
    let mut all = 0;
    loop {
        let taken = rollup::take(&client, begun_by, now - rest.changed, TAKEN).await.map_err(unavailable)?;
        rollup::stamp(&client).await.map_err(unavailable)?;
        loop {
            let tx = client.transaction().await.map_err(unavailable)?;
            let done = rollup::work_off(&tx, AT_ONCE).await.map_err(unavailable)?;
            tx.commit().await.map_err(unavailable)?;
            all += done;
            if done == 0 {
                break;
            }
        }
        if taken == 0 {
            break;
        }
    }
    let waiting = rollup::waiting(&client, begun_by).await.map_err(unavailable)?;
    metrics::gauge!("healthcare_telemetry_rollup_hours_waiting").set(i32::try_from(waiting).unwrap_or(i32::MAX));
    metrics::counter!("healthcare_telemetry_rollup_hours_total").increment(all as u64);
    Ok(all)
}
