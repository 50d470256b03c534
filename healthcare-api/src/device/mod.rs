//! Devices over REST.

mod assign_device;
mod get_device;
mod list_devices;
mod register_device;
mod unassign_device;

use actix_web::http::StatusCode;
use healthcare_domain::device::DeviceError;

use crate::{problem::DomainProblem, startup::Routes};

/// The routes of this context.
pub fn routes(routes: &mut Routes<'_>) {
    routes
        .service(register_device::register_device)
        .service(list_devices::list_devices)
        .service(get_device::get_device)
        .service(assign_device::assign_device)
        .service(unassign_device::unassign_device);
}

impl DomainProblem for DeviceError {
    const CONTEXT: &'static str = "device";

    fn kind(&self) -> (StatusCode, &'static str, &'static str) {
        let (conflict, cannot_be) = (StatusCode::CONFLICT, StatusCode::UNPROCESSABLE_ENTITY);
        match self {
            Self::Unregistered => (StatusCode::NOT_FOUND, "unregistered", "There is no such device"),
            Self::NoSuchPatient => (StatusCode::NOT_FOUND, "no-such-patient", "There is no such patient"),
            Self::AlreadyRegistered => (conflict, "already-registered", "The device is already registered"),
            Self::NoSerial => (cannot_be, "no-serial", "A device has a serial number"),
            Self::InUse => (conflict, "in-use", "The device is on another patient"),
            Self::AlreadyAssigned => (conflict, "already-assigned", "The device is already on this patient"),
            Self::NotAssigned => (conflict, "not-assigned", "The device is on nobody"),
            Self::BeforeLastAssignment => {
                (cannot_be, "before-last-assignment", "The time lies before the last assignment ended")
            }
            Self::InTheFuture => (cannot_be, "in-the-future", "The time lies in the future"),
        }
    }

    fn pointer(&self) -> Option<&'static str> {
        match self {
            Self::NoSerial => Some("/serial"),
            Self::NoSuchPatient => Some("/patient"),
            Self::BeforeLastAssignment | Self::InTheFuture => Some("/at"),
            Self::Unregistered | Self::AlreadyRegistered | Self::InUse | Self::AlreadyAssigned | Self::NotAssigned => {
                None
            }
        }
    }
}
