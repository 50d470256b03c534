//! The audit trail: that it is kept, that it cannot be changed unseen, and who may look.

mod anchored;
mod command;
mod handed_over;
mod recorded;
mod rewritten;
mod sealed;
mod searched;
mod tampered;
mod trail;
mod waiting;

use chrono::{DateTime, Utc};
use healthcare_application::audit::{Entry, Fields, Outcome};
use healthcare_domain::id::PatientId;
use uuid::Uuid;

/// Somebody read a chart.
fn read_by(actor: Uuid, patient: Uuid, at: DateTime<Utc>) -> Entry {
    Entry {
        at,
        actor,
        role: "nurse".into(),
        session: Some(Uuid::from_u128(7)),
        address: Some([192, 0, 2, 7].into()),
        purpose: "TREAT".into(),
        action: "read_chart".into(),
        resource: Some("GET /api/v1/patients/{id}/chart".into()),
        fields: Fields::Clinical,
        patient: Some(PatientId(patient)),
        subject: None,
        outcome: Outcome::Allowed,
        reason: None,
        request: Uuid::from_u128(9),
        note: None,
    }
}
