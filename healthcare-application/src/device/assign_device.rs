//! Puts a device on a patient.

use chrono::{DateTime, Utc};
use healthcare_domain::{
    device::{Device, DeviceError},
    id::{DeviceId, PatientId},
    patient::Patient,
};

use crate::{
    App, CommandError,
    access::{Call, Permission},
    store::Committed,
    transact::{Target, transact},
};

/// Put a device on a patient.
#[derive(Debug, Clone, Copy)]
pub struct AssignDevice {
    /// Which.
    pub device: DeviceId,
    /// On whom.
    pub patient: PatientId,
    /// From when its readings are theirs; now if absent.
    pub at: Option<DateTime<Utc>>,
}

/// Assigns a device: what it measures from then on is the patient's.
///
/// # Errors
/// When the caller may not, there is no such patient or device, it is on somebody, the time cannot be, or the record
/// cannot be reached.
#[tracing::instrument(skip_all, fields(device.id = %cmd.device, patient.id = %cmd.patient))]
pub async fn assign_device(app: &App, call: &Call, cmd: AssignDevice) -> Result<Committed, CommandError<DeviceError>> {
    let permit = app.authorise(call, Permission::AssignDevice, Some(cmd.patient)).await?;
    let now = app.clock.now();
    let at = cmd.at.unwrap_or(now);
    if app.load::<Patient>(cmd.patient).await?.open(&permit).await?.version == 0 {
        return Err(CommandError::Refused(DeviceError::NoSuchPatient));
    }
    // A device outlives the patients it was on: its stream is nobody's, so that no erasure makes it unreadable.
    let target = Target { id: cmd.device, patient: None, occurred_at: at, touches_safety: false };
    transact(app, &permit, call, target, |device: &Device| device.assign(cmd.patient, at, now)).await
}
