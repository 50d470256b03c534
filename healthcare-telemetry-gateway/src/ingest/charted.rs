//! Vital signs that a person charted pass through the same score and the same alarms.

use chrono::{DateTime, Utc};
use deadpool_postgres::Transaction;
use healthcare_domain::{
    id::{PatientId, VitalsId},
    vitals::Vitals,
};
use tokio_postgres::Error;

use crate::{
    alert::Policy,
    monitor::{Context, Happenings, Monitor},
    store::{bedside, happenings},
};

/// Takes a charted set into account, inside the caller's transaction. A set taken before changes nothing.
///
/// # Errors
/// When the database refuses; the transaction is then to be rolled back.
pub async fn chart(
    tx: &Transaction<'_>,
    patient: PatientId,
    id: VitalsId,
    vitals: &Vitals,
    policy: &Policy,
    now: DateTime<Utc>,
) -> Result<Happenings, Error> {
    on_one(tx, patient, policy, now, |monitor, ctx, out| monitor.chart(id, vitals, ctx, out)).await
}

/// Takes a set that was charted in error out of account, inside the caller's transaction.
///
/// # Errors
/// As [`chart`].
pub async fn strike(
    tx: &Transaction<'_>,
    patient: PatientId,
    id: VitalsId,
    policy: &Policy,
    now: DateTime<Utc>,
) -> Result<Happenings, Error> {
    on_one(tx, patient, policy, now, |monitor, ctx, out| monitor.strike(id, ctx, out)).await
}

async fn on_one(
    tx: &Transaction<'_>,
    patient: PatientId,
    policy: &Policy,
    now: DateTime<Utc>,
    change: impl FnOnce(&mut Monitor, &Context<'_>, &mut Happenings),
) -> Result<Happenings, Error> {
    let mut bedsides = bedside::lock(tx, &[patient].into(), policy, now).await?;
    let mut out = Happenings::default();
    if let Some(bed) = bedsides.get_mut(&patient) {
        let ctx = Context { patient, profile: bed.profile, overrides: &bed.overrides, policy, now };
        change(&mut bed.monitor, &ctx, &mut out);
    }
    bedside::save(tx, &bedsides, policy, now).await?;
    happenings::keep(tx, &out).await?;
    Ok(out)
}
