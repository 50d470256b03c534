//! Bedside devices and whom they measure.

mod worn;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    Event, EventSourced, StreamType,
    id::{DeviceId, PatientId},
};

pub use worn::{Stretch, stretches};

/// What a device is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DeviceDescription {
    /// The serial number, unique among devices.
    #[schema(example = "MON-0042")]
    pub serial: String,
    /// What it is, e.g. `bedside monitor`.
    pub kind: String,
    /// Maker and model.
    #[serde(default)]
    pub model: Option<String>,
}

/// The state of a device.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum Device {
    /// Not known.
    #[default]
    Unregistered,
    /// Known, and on nobody.
    Free {
        /// What it is.
        description: DeviceDescription,
        /// When it was last taken off somebody.
        since: Option<DateTime<Utc>>,
    },
    /// On a patient.
    Assigned {
        /// What it is.
        description: DeviceDescription,
        /// On whom.
        patient: PatientId,
        /// Since when.
        since: DateTime<Utc>,
    },
}

/// What can happen to a device.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type")]
pub enum DeviceEvent {
    /// It became known.
    DeviceRegistered {
        /// What it is.
        description: DeviceDescription,
    },
    /// It was put on a patient.
    DeviceAssigned {
        /// On whom.
        patient: PatientId,
        /// From when its readings are theirs.
        at: DateTime<Utc>,
    },
    /// It was taken off.
    DeviceUnassigned {
        /// Off whom.
        patient: PatientId,
        /// Until when its readings were theirs.
        at: DateTime<Utc>,
    },
}

/// Why a decision about a device is refused.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum DeviceError {
    /// There is no such device.
    #[error("there is no such device")]
    Unregistered,
    /// Nobody of that identity is in the record.
    #[error("there is no such patient")]
    NoSuchPatient,
    /// It is known already.
    #[error("the device is already registered")]
    AlreadyRegistered,
    /// It has no serial number.
    #[error("a device has a serial number of 1 to 100 characters")]
    NoSerial,
    /// It is on somebody.
    #[error("the device is assigned to another patient; unassign it first")]
    InUse,
    /// It is on this patient already.
    #[error("the device is already assigned to this patient")]
    AlreadyAssigned,
    /// It is on nobody.
    #[error("the device is not assigned")]
    NotAssigned,
    /// Assignments of one device follow one another.
    #[error("the time lies before the end of the last assignment")]
    BeforeLastAssignment,
    /// It lies in the future.
    #[error("the time lies in the future")]
    InTheFuture,
}

impl Event for DeviceEvent {
    fn kind(&self) -> &'static str {
        match self {
            Self::DeviceRegistered { .. } => "device.registered",
            Self::DeviceAssigned { .. } => "device.assigned",
            Self::DeviceUnassigned { .. } => "device.unassigned",
        }
    }
    fn fhir_type(&self) -> &'static str {
        "Device"
    }
}

impl EventSourced for Device {
    type Id = DeviceId;
    type Event = DeviceEvent;
    type Error = DeviceError;
    const STREAM: StreamType = StreamType::Device;

    fn apply(&mut self, event: &DeviceEvent) {
        *self = match (std::mem::take(self), event) {
            (_, DeviceEvent::DeviceRegistered { description }) => {
                Self::Free { description: description.clone(), since: None }
            }
            (
                Self::Free { description, .. } | Self::Assigned { description, .. },
                DeviceEvent::DeviceAssigned { patient, at },
            ) => Self::Assigned { description, patient: *patient, since: *at },
            (
                Self::Free { description, .. } | Self::Assigned { description, .. },
                DeviceEvent::DeviceUnassigned { at, .. },
            ) => Self::Free { description, since: Some(*at) },
            (Self::Unregistered, DeviceEvent::DeviceAssigned { .. } | DeviceEvent::DeviceUnassigned { .. }) => {
                Self::Unregistered
            }
        };
    }
}

impl Device {
    /// Makes a device known.
    ///
    /// # Errors
    /// When it is known, or its serial number is blank or longer than 100 characters.
    pub fn register(&self, description: DeviceDescription) -> Result<Vec<DeviceEvent>, DeviceError> {
        match self {
            Self::Unregistered if description.serial.trim().is_empty() || description.serial.len() > 100 => {
                Err(DeviceError::NoSerial)
            }
            Self::Unregistered => Ok(vec![DeviceEvent::DeviceRegistered { description }]),
            Self::Free { .. } | Self::Assigned { .. } => Err(DeviceError::AlreadyRegistered),
        }
    }

    /// Puts the device on a patient: from `at` on its readings are theirs.
    ///
    /// # Errors
    /// When it is on somebody, or `at` lies in the future of `now` or before the last assignment ended.
    pub fn assign(
        &self,
        patient: PatientId,
        at: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<Vec<DeviceEvent>, DeviceError> {
        match self {
            Self::Unregistered => Err(DeviceError::Unregistered),
            Self::Assigned { patient: on, .. } if *on == patient => Err(DeviceError::AlreadyAssigned),
            Self::Assigned { .. } => Err(DeviceError::InUse),
            Self::Free { .. } if at > now => Err(DeviceError::InTheFuture),
            Self::Free { since: Some(since), .. } if at < *since => Err(DeviceError::BeforeLastAssignment),
            Self::Free { .. } => Ok(vec![DeviceEvent::DeviceAssigned { patient, at }]),
        }
    }

    /// Takes the device off its patient.
    ///
    /// # Errors
    /// When it is on nobody, or `at` lies in the future of `now` or before it was put on.
    pub fn unassign(&self, at: DateTime<Utc>, now: DateTime<Utc>) -> Result<Vec<DeviceEvent>, DeviceError> {
        match self {
            Self::Unregistered => Err(DeviceError::Unregistered),
            Self::Free { .. } => Err(DeviceError::NotAssigned),
            Self::Assigned { .. } if at > now => Err(DeviceError::InTheFuture),
            Self::Assigned { since, .. } if at < *since => Err(DeviceError::BeforeLastAssignment),
            Self::Assigned { patient, .. } => Ok(vec![DeviceEvent::DeviceUnassigned { patient: *patient, at }]),
        }
    }
}

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_is_on_one_patient_at_a_time() {
        let description = DeviceDescription { serial: "MON-1".into(), kind: "monitor".into(), model: None };
        let mut device = Device::fold(&Device::Unregistered.register(description).unwrap());
        let (at, ana, bo) =
            (DateTime::UNIX_EPOCH, PatientId(uuid::Uuid::from_u128(1)), PatientId(uuid::Uuid::from_u128(2)));
        for event in device.assign(ana, at, at).unwrap() {
            device.apply(&event);
        }
        assert_eq!(device.assign(bo, at, at), Err(DeviceError::InUse));
        assert_eq!(device.assign(ana, at, at), Err(DeviceError::AlreadyAssigned));
        let later = at + chrono::Duration::hours(1);
        for event in device.unassign(later, later).unwrap() {
            device.apply(&event);
        }
        assert_eq!(device.assign(bo, at, later), Err(DeviceError::BeforeLastAssignment));
    }
}
