//! The clock's part: sustained crossings, timed clearing, values that grow old, devices that fall silent. And the
//! upkeep of the store.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use chrono::{DateTime, Utc};
use healthcare_application::{StoreError, clock::Clock};
use healthcare_domain::id::PatientId;
use healthcare_infrastructure::database::{Database, unavailable};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::{
    alert::Policy,
    monitor::{Context, Happenings},
    store::{bedside, happenings},
};

/// How often the clock ticks.
const TICK: Duration = Duration::from_secs(1);
/// How often partitions are made ahead and retired.
const UPKEEP: Duration = Duration::from_secs(3600);
/// Patients of one transaction.
const AT_ONCE: i64 = 200;
/// Days that readings are kept.
const KEPT_DAYS: i32 = 90;
/// Days that what they come to by the minute is kept. By the hour it is kept for good.
const MINUTES_KEPT_DAYS: i32 = 400;

/// Ticks until told to stop. Several nodes may: each patient is taken by one.
pub async fn run(db: Database, clock: Arc<dyn Clock>, policy: Policy, alerted: Arc<Notify>, stop: CancellationToken) {
    let mut tick = tokio::time::interval(TICK);
    tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut upkeep = tokio::time::interval(UPKEEP);
    match store_form(&db).await {
        Ok(form) => tracing::info!(form, days = KEPT_DAYS, "how readings are kept"),
        Err(error) => tracing::warn!(error = &error as &dyn std::error::Error, "the telemetry store does not answer"),
    }
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = tick.tick() => match tick_due(&db, &policy, clock.now()).await {
                Ok(happenings) if happenings.effects.is_empty() => {}
                Ok(_) => alerted.notify_one(),
                Err(error) => tracing::warn!(error = &error as &dyn std::error::Error, "the alarm clock missed a tick"),
            },
            _ = upkeep.tick() => if let Err(error) = keep_up(&db).await {
                tracing::error!(error = &error as &dyn std::error::Error, "the upkeep of the telemetry store failed");
            },
        }
    }
}

/// Lets the time pass for every patient for whom it may change something by `now`.
///
/// # Errors
/// When the database does not answer. Patients done before stay done.
pub async fn tick_due(db: &Database, policy: &Policy, now: DateTime<Utc>) -> Result<Happenings, StoreError> {
    let mut all = Happenings::default();
    loop {
        let mut client = db.get().await?;
        let tx = client.transaction().await.map_err(unavailable)?;
        let due = tx
            .prepare_cached(
                "select patient_id from telemetry.monitor where due_at <= $1 order by patient_id limit $2
                 for update skip locked",
            )
            .await
            .map_err(unavailable)?;
        let rows = tx.query(&due, &[&now, &AT_ONCE]).await.map_err(unavailable)?;
        let patients: BTreeSet<PatientId> = rows.iter().map(|row| PatientId(row.get(0))).collect();
        if patients.is_empty() {
            return Ok(all);
        }
        let mut bedsides = bedside::lock(&tx, &patients, policy, now).await.map_err(unavailable)?;
        let mut out = Happenings::default();
        for (patient, bed) in &mut bedsides {
            let assigned = bed.assigned(now);
            let ctx = Context { patient: *patient, profile: bed.profile, overrides: &bed.overrides, policy, now };
            bed.monitor.tick(&assigned, &ctx, &mut out);
        }
        bedside::save(&tx, &bedsides, policy, now).await.map_err(unavailable)?;
        happenings::keep(&tx, &out).await.map_err(unavailable)?;
        tx.commit().await.map_err(unavailable)?;
        all.effects.append(&mut out.effects);
        all.scores.append(&mut out.scores);
        all.changed.append(&mut out.changed);
    }
}

/// How readings are kept: partitions or a hypertable, and whether TimescaleDB's edition has what it would take to
/// compress and retire them by itself.
///
/// # Errors
/// When the database does not answer.
pub async fn store_form(db: &Database) -> Result<String, StoreError> {
    let client = db.get().await?;
    Ok(client.query_one("select telemetry.store_form()", &[]).await.map_err(unavailable)?.get(0))
}

/// Makes partitions ahead, retires old ones of readings and of what they come to by the minute, and counts readings that fell outside of all.
///
/// # Errors
/// When the database refuses.
pub async fn keep_up(db: &Database) -> Result<(), StoreError> {
    let client = db.get().await?;
    client.query_one("select telemetry.ensure_partitions(7)", &[]).await.map_err(unavailable)?;
    client.query_one("select telemetry.retire_partitions($1)", &[&KEPT_DAYS]).await.map_err(unavailable)?;
    client.query_one("select telemetry.ensure_rollup_months()", &[]).await.map_err(unavailable)?;
    client.query_one("select telemetry.retire_rollups($1)", &[&MINUTES_KEPT_DAYS]).await.map_err(unavailable)?;
    let stray: i64 = client.query_one("select telemetry.stray_rows()", &[]).await.map_err(unavailable)?.get(0);
    metrics::gauge!("healthcare_telemetry_stray_rows").set(i32::try_from(stray).unwrap_or(i32::MAX));
    if stray > 0 {
        tracing::error!(rows = stray, "readings lie outside of the daily partitions: a device's clock is far off");
    }
    Ok(())
}
