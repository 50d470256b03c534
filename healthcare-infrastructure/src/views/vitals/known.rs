//! Vital signs as they were known at a moment: readings by when they came, of devices that were on the patient as was known then.

use chrono::{DateTime, Utc};
use healthcare_application::{
    Permit, StoreError,
    telemetry::{Known, POINTS, VitalsQuery, VitalsSeries},
};
use healthcare_domain::id::{DeviceId, PatientId};
use tokio_postgres::types::ToSql;
use uuid::Uuid;

use super::{Sources, answer, each, held_under, trend};
use crate::database::{Database, Sight, unavailable};

/// Devices, since when and until when each was on the patient.
type Stretches = (Vec<Uuid>, Vec<DateTime<Utc>>, Vec<Option<DateTime<Utc>>>);

/// When devices were on the patient, as parameters.
pub fn stretches(known: &Known) -> Stretches {
    let mut all: Stretches = Default::default();
    for one in &known.worn {
        all.0.push(one.device.0);
        all.1.push(one.stretch.since);
        all.2.push(one.stretch.until);
    }
    all
}

/// The values of the permit's patient that were known.
///
/// # Errors
/// When the database does not answer.
pub async fn series_known(
    db: &Database,
    permit: &Permit,
    query: &VitalsQuery,
    known: &Known,
) -> Result<VitalsSeries, StoreError> {
    let VitalsQuery { patient, codes, from, to, step } = query;
    if permit.patient() != Some(*patient) {
        return Ok(answer(query, vec![]));
    }
    let limit = i64::from(POINTS) + 1;
    let width = step.map(|step| i32::try_from(step).unwrap_or(i32::MAX));
    let (signals, entries, components) = held_under();
    let mut params: Vec<&(dyn ToSql + Sync)> =
        vec![&patient.0, from, to, codes, &signals, &entries, &components, &limit];
    if let Some(width) = &width {
        params.push(width);
    }
    // What was summed up does not tell when it came: buckets are of the readings.
    let sources = Sources::known(params.len() + 1);
    let sql = if step.is_some() { trend::from_readings(&sources) } else { each(&sources) };
    let (devices, since, until) = stretches(known);
    let coded: Vec<_> = known.charted.iter().filter_map(|row| Some((row.code.as_deref()?, row))).collect();
    let charted: Vec<&str> = coded.iter().map(|(code, _)| *code).collect();
    let times: Vec<DateTime<Utc>> = coded.iter().map(|(_, row)| row.at).collect();
    let bodies: Vec<&str> = coded.iter().map(|(_, row)| row.body.as_str()).collect();
    params.extend::<[&(dyn ToSql + Sync); 7]>([&known.by, &devices, &since, &until, &charted, &times, &bodies]);
    Ok(answer(query, db.read_as(&Sight::of(permit), &sql, &params).await?))
}

/// The devices that were ever on the permit's patient.
///
/// # Errors
/// When the database does not answer.
pub async fn devices_of(db: &Database, permit: &Permit, patient: PatientId) -> Result<Vec<DeviceId>, StoreError> {
    if permit.patient() != Some(patient) {
        return Ok(vec![]);
    }
    let sql = "select distinct device_id from telemetry.assignment where patient_id = $1 order by device_id";
    let rows = db.read_as(&Sight::of(permit), sql, &[&patient.0]).await?;
    Ok(rows.iter().map(|row| DeviceId(row.get(0))).collect())
}

/// Since when single readings are kept.
///
/// # Errors
/// When the database does not answer.
pub async fn kept_since(db: &Database) -> Result<DateTime<Utc>, StoreError> {
    let client = db.get().await?;
    let statement = client.prepare_cached("select since from telemetry.raw_kept").await.map_err(unavailable)?;
    Ok(client.query_one(&statement, &[]).await.map_err(unavailable)?.get(0))
}
