//! Takes a device off its patient.

use chrono::{DateTime, Utc};
use healthcare_domain::{
    device::{Device, DeviceError},
    id::DeviceId,
};

use crate::{
    App, CommandError,
    access::{Call, Permission},
    store::Committed,
    transact::{Target, replay, transact_from},
};

/// Take a device off its patient.
#[derive(Debug, Clone, Copy)]
pub struct UnassignDevice {
    /// Which.
    pub device: DeviceId,
    /// Until when its readings were theirs; now if absent.
    pub at: Option<DateTime<Utc>>,
}

/// Ends the assignment of a device: what it measures from then on is nobody's.
///
/// # Errors
/// When the caller may not, there is no such device, it is on nobody, the time cannot be, or the record cannot be
/// reached.
#[tracing::instrument(skip_all, fields(device.id = %cmd.device))]
pub async fn unassign_device(
    app: &App,
    call: &Call,
    cmd: UnassignDevice,
) -> Result<Committed, CommandError<DeviceError>> {
    // Whose patient it is on stands in its own stream, which is nobody's.
    let permit = app.authorise(call, Permission::AssignDevice, None).await?;
    let loaded = app.load::<Device>(cmd.device).await?.open(&permit).await?;
    let patient = match &loaded.state {
        // A merge leaves the device's own stream as it is: whoever holds the record now is asked for.
        Device::Assigned { patient, .. } => Some(app.care.survivor(*patient).await?),
        Device::Unregistered | Device::Free { .. } => None,
    };
    let permit = app.authorise(call, Permission::AssignDevice, patient).await?;
    if let Some(answer) = replay(app, call).await? {
        return Ok(answer);
    }
    let now = app.clock.now();
    let at = cmd.at.unwrap_or(now);
    let target = Target { id: cmd.device, patient: None, occurred_at: at, touches_safety: false };
    transact_from(app, &permit, call, target, loaded, |device: &Device| device.unassign(at, now)).await
}
