//! `read.device`: devices and whom they are on.

use healthcare_application::store::Change;
use healthcare_domain::device::Device;

use super::{Statement, version_after};

/// Brings a device's row up to date.
pub fn upsert(change: &Change, state: &Device) -> Vec<Statement> {
    let (description, patient, since) = match state {
        Device::Unregistered => return vec![],
        Device::Free { description, .. } => (description, None, None),
        Device::Assigned { description, patient, since } => (description, Some(patient.0), Some(*since)),
    };
    vec![
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
    ]
}
