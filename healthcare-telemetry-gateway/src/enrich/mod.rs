//! Whose reading it is: the patient the device was on *when it measured*.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use healthcare_domain::id::{DeviceId, PatientId};
use serde::{Deserialize, Serialize};

use crate::normalise::{DeviceRef, Normalised, Refusal};

/// A device was on a patient from `from` until `to`, the end excluded; without an end it still is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Assignment {
    /// On whom.
    pub patient: PatientId,
    /// Since when.
    pub from: DateTime<Utc>,
    /// Until when.
    pub to: Option<DateTime<Utc>>,
}

/// The devices a batch speaks of, with whom each was on: as much of the history as the batch needs.
#[derive(Debug, Clone, Default)]
pub struct Assignments {
    serials: HashMap<String, DeviceId>,
    devices: HashMap<DeviceId, Vec<Assignment>>,
}

impl Assignments {
    /// Makes a registered device known.
    pub fn register(&mut self, device: DeviceId, serial: String) {
        self.serials.insert(serial, device);
        self.devices.entry(device).or_default();
    }

    /// Adds a stretch of a device's history.
    pub fn assign(&mut self, device: DeviceId, assignment: Assignment) {
        self.devices.entry(device).or_default().push(assignment);
    }

    /// The registered device a reading names.
    pub fn device(&self, named: &DeviceRef) -> Option<DeviceId> {
        match named {
            DeviceRef::Id(id) => self.devices.contains_key(id).then_some(*id),
            DeviceRef::Serial(serial) => self.serials.get(serial).copied(),
        }
    }

    /// The patient the device was on at that moment. Where histories overlap, which the record forbids, the one
    /// that began last holds.
    pub fn patient(&self, device: DeviceId, at: DateTime<Utc>) -> Option<PatientId> {
        let held = |a: &&Assignment| a.from <= at && a.to.is_none_or(|to| at < to);
        self.devices.get(&device)?.iter().filter(held).max_by_key(|a| a.from).map(|a| a.patient)
    }
}

/// A reading with its device and, when the device was on somebody, its patient.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Enriched {
    /// What was read.
    pub reading: Normalised,
    /// By which device.
    pub device: DeviceId,
    /// Of whom; nobody's reading is kept, and never alarms as somebody's.
    pub patient: Option<PatientId>,
}

/// Adds device and patient.
///
/// # Errors
/// When the device is not registered.
pub fn enrich(reading: Normalised, assignments: &Assignments) -> Result<Enriched, Refusal> {
    let device = assignments.device(&reading.device).ok_or(Refusal::UnknownDevice)?;
    let patient = assignments.patient(device, reading.governs_at);
    Ok(Enriched { reading, device, patient })
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn at(minute: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000 + minute * 60, 0).unwrap()
    }

    #[test]
    fn a_reading_belongs_to_whom_the_device_was_on_when_it_measured() {
        let (device, ana, bo) =
            (DeviceId(Uuid::from_u128(1)), PatientId(Uuid::from_u128(2)), PatientId(Uuid::from_u128(3)));
        let mut history = Assignments::default();
        history.register(device, "MON-1".into());
        history.assign(device, Assignment { patient: ana, from: at(0), to: Some(at(10)) });
        history.assign(device, Assignment { patient: bo, from: at(20), to: None });
        assert_eq!(history.patient(device, at(-1)), None);
        assert_eq!(history.patient(device, at(0)), Some(ana));
        assert_eq!(history.patient(device, at(9)), Some(ana));
        assert_eq!(history.patient(device, at(10)), None);
        assert_eq!(history.patient(device, at(15)), None);
        assert_eq!(history.patient(device, at(99)), Some(bo));
    }

    #[test]
    fn an_unregistered_device_is_nobodys() {
        let known = Assignments::default();
        assert_eq!(known.device(&DeviceRef::Serial("MON-9".into())), None);
        assert_eq!(known.device(&DeviceRef::Id(DeviceId(Uuid::from_u128(9)))), None);
    }
}
