//! `read.device`: devices and whom they are on; `telemetry.assignment`: whom they were on, and when.

use healthcare_application::store::Change;
use healthcare_domain::{
    DomainEvent,
    device::{Device, DeviceEvent},
};

use super::{Statement, version_after};

/// Brings a device's row up to date.
pub fn upsert(change: &Change, state: &Device) -> Vec<Statement> {
    let (description, patient, since) = match state {
        Device::Unregistered => return vec![],
        Device::Free { description, .. } => (description, None, None),
        Device::Assigned { description, patient, since } => (description, Some(patient.0), Some(*since)),
    };
    let mut statements = vec![
        Statement::new(
            "insert into read.device as d (id, version, serial, kind, model, patient_id, assigned_since)
             values ($1, $2, $3, $4, $5, $6, $7)
             on conflict (id) do update set version = excluded.version, patient_id = excluded.patient_id,
                 assigned_since = excluded.assigned_since
             where d.version < excluded.version",
        )
        .bind(change.id)
        .bind(version_after(change))
        .bind(description.serial.clone())
        .bind(description.kind.clone())
        .bind(description.model.clone())
        .bind(patient)
        .bind(since),
    ];
    statements.extend(change.events.iter().filter_map(|new| assignment(change, &new.event)));
    statements
}

/// `telemetry.assignment`: the stretches of time for which readings are a patient's.
fn assignment(change: &Change, event: &DomainEvent) -> Option<Statement> {
    let DomainEvent::Device(event) = event else { return None };
    match event {
        DeviceEvent::DeviceRegistered { .. } => None,
        DeviceEvent::DeviceAssigned { patient, at } => Some(
            Statement::new(
                "insert into telemetry.assignment (device_id, patient_id, valid_from) values ($1, $2, $3)
                 on conflict (device_id, valid_from) do update set patient_id = excluded.patient_id, valid_to = null",
            )
            .bind(change.id)
            .bind(patient.0)
            .bind(*at),
        ),
        DeviceEvent::DeviceUnassigned { patient, at } => Some(
            Statement::new(
                "update telemetry.assignment set valid_to = $3
                 where device_id = $1 and patient_id in ($2, es.survivor_of($2)) and valid_to is null",
            )
            .bind(change.id)
            .bind(patient.0)
            .bind(*at),
        ),
    }
}
