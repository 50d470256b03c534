//! Makes a device known.

use healthcare_domain::{
    device::{Device, DeviceDescription, DeviceError},
    id::DeviceId,
};

use crate::{
    App, CommandError,
    access::{Call, Permission},
    store::{Committed, StoreError},
    transact::{Target, transact},
};

/// Register a device.
#[derive(Debug, Clone)]
pub struct RegisterDevice {
    /// What it is.
    pub description: DeviceDescription,
}

/// Registers a device under a new identity.
///
/// # Errors
/// When the caller may not, the serial number is missing or taken, or the record cannot be reached.
#[tracing::instrument(skip_all)]
pub async fn register_device(
    app: &App,
    call: &Call,
    cmd: RegisterDevice,
) -> Result<Committed, CommandError<DeviceError>> {
    let permit = app.authorise(call, Permission::ManageDevices, None).await?;
    let device = DeviceId(app.clock.new_id());
    let target = Target { id: device, patient: None, occurred_at: app.clock.now(), touches_safety: false };
    let registered =
        transact(app, &permit, call, target, |device: &Device| device.register(cmd.description.clone())).await;
    match registered {
        // The serial number is unique among devices.
        Err(CommandError::Store(StoreError::Exists(rule))) if rule == "device_serial_key" => {
            Err(CommandError::Refused(DeviceError::AlreadyRegistered))
        }
        other => other,
    }
}
