//! The devices a batch names, and whom they were on.

use chrono::{DateTime, Utc};
use deadpool_postgres::GenericClient;
use healthcare_domain::id::{DeviceId, PatientId};
use tokio_postgres::Error;

use crate::{
    enrich::{Assignment, Assignments},
    normalise::{DeviceRef, Normalised},
};

/// Reads as much of the assignment history as the readings need. Asked for every group: an assignment that was
/// just entered must hold for the next reading, on every node.
///
/// # Errors
/// When the database does not answer.
pub async fn assignments<'a>(
    client: &impl GenericClient,
    readings: impl Iterator<Item = &'a Normalised>,
) -> Result<Assignments, Error> {
    let (mut ids, mut serials) = (vec![], vec![]);
    let mut span: Option<(DateTime<Utc>, DateTime<Utc>)> = None;
    for reading in readings {
        match &reading.device {
            DeviceRef::Id(id) => ids.push(id.0),
            DeviceRef::Serial(serial) => serials.push(serial.as_str()),
        }
        let at = reading.governs_at;
        span = Some(span.map_or((at, at), |(from, to)| (from.min(at), to.max(at))));
    }
    let mut assignments = Assignments::default();
    let Some((from, to)) = span else { return Ok(assignments) };
    ids.sort_unstable();
    ids.dedup();
    serials.sort_unstable();
    serials.dedup();
    let devices = client
        .prepare_cached(
            "select d.id, d.serial, a.patient_id, a.valid_from, a.valid_to
             from read.device d
             left join telemetry.assignment a
                 on a.device_id = d.id and a.valid_from <= $4 and (a.valid_to is null or a.valid_to > $3)
             where d.id = any($1) or d.serial = any($2)",
        )
        .await?;
    for row in client.query(&devices, &[&ids, &serials, &from, &to]).await? {
        let device = DeviceId(row.get(0));
        assignments.register(device, row.get(1));
        if let Some(patient) = row.get::<_, Option<uuid::Uuid>>(2) {
            let assignment = Assignment { patient: PatientId(patient), from: row.get(3), to: row.get(4) };
            assignments.assign(device, assignment);
        }
    }
    Ok(assignments)
}
