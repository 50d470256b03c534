//! What devices had sent by a moment, of those that were on the patient as it was known then.

use chrono::{DateTime, Utc};
use healthcare_domain::{
    DomainEvent, StreamType,
    device::{Stretch, stretches},
    id::{DeviceId, PatientId},
};

use crate::{App, access::Permit, store::StoreError, view::Row};

/// A device, and when it was on the patient.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Worn {
    /// The device.
    pub device: DeviceId,
    /// From when to when, as it was known.
    pub stretch: Stretch,
}

/// What was known at a moment of a patient's vital signs.
#[derive(Debug, Clone)]
pub struct Known {
    /// The moment.
    pub by: DateTime<Utc>,
    /// When devices were on the patient, as it was known.
    pub worn: Vec<Worn>,
    /// The rows of vital signs that were charted.
    pub charted: Vec<Row>,
}

/// The newest readings that had been received by a moment.
#[derive(Debug, Clone)]
pub struct ReadingsKnown {
    /// Since when single readings are kept: of what was measured before nothing is told.
    pub kept_since: DateTime<Utc>,
    /// The newest of each signal, as the chart has it.
    pub rows: Vec<Row>,
}

/// The newest reading of each signal that had been received by `known_by`, of devices that were on the patient as it was known
/// then. None where single readings of then are not kept any more.
///
/// # Errors
/// When the record cannot be reached.
pub async fn readings_then(
    app: &App,
    permit: &Permit,
    patient: PatientId,
    known_by: DateTime<Utc>,
) -> Result<ReadingsKnown, StoreError> {
    let worn = worn_then(app, permit, patient, known_by).await?;
    let known = Known { by: known_by, worn, charted: vec![] };
    let rows = app.read.latest_readings(permit, patient, &known).await?;
    // What is dropped is noted in the same commit: what was kept afterwards was kept before.
    let kept_since = app.read.readings_kept_since().await?;
    let rows = if known_by < kept_since { vec![] } else { rows };
    Ok(ReadingsKnown { kept_since, rows })
}

/// When devices were on a patient, as it was known by `known_by`. The readings themselves follow what is put right of that
/// afterwards; the streams of the devices tell what it was before.
///
/// # Errors
/// When the record cannot be reached.
pub async fn worn_then(
    app: &App,
    permit: &Permit,
    patient: PatientId,
    known_by: DateTime<Utc>,
) -> Result<Vec<Worn>, StoreError> {
    let mut worn = vec![];
    for device in app.read.devices_of(permit, patient).await? {
        let events = app.store.load(StreamType::Device, device.0).await?.open(permit).await?;
        let known = events.iter().filter(|one| one.known_at <= known_by).filter_map(|one| match &one.event {
            DomainEvent::Device(event) => Some(event),
            _ => None,
        });
        for stretch in stretches(known) {
            // A merge leaves the device's own stream as it is.
            if app.care.survivor(stretch.patient).await? == patient {
                worn.push(Worn { device, stretch });
            }
        }
    }
    Ok(worn)
}
