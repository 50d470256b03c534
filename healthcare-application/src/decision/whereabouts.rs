//! Which rules a patient is judged by: those in force on the ward of their open visit.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use healthcare_domain::id::{PatientId, WardId};

use crate::{App, StoreError, access::Permit, rule::InForce};

/// The rules of a moment and the ward that the patient lies on, as far as it matters to them.
///
/// # Errors
/// When the record cannot be reached.
pub async fn rules_for(
    app: &App,
    permit: &Permit,
    patient: PatientId,
    now: DateTime<Utc>,
) -> Result<(Arc<InForce>, Option<WardId>), StoreError> {
    let rules = app.rules.at(now);
    let ward = if rules.is_by_ward() { app.read.ward_of(permit, patient).await? } else { None };
    Ok((rules, ward))
}
