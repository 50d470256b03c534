//! Writes the summary of a stay.

use healthcare_domain::{
    encounter::{DischargeSummary, Encounter},
    id::EncounterId,
};

use super::placing::{VisitError, decide_visit};
use crate::{
    App,
    access::{Call, Permission},
    store::Committed,
};

/// Writes the discharge summary, or writes it anew; also after the discharge.
///
/// # Errors
/// When the caller may not, there is no such visit, the version is stale, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(encounter.id = %id))]
pub async fn write_summary(
    app: &App,
    call: &Call,
    id: EncounterId,
    summary: DischargeSummary,
) -> Result<Committed, VisitError> {
    let (now, by) = (app.clock.now(), call.actor.account);
    let decide = |visit: &Encounter| visit.write_summary(summary.clone(), by, now);
    decide_visit(app, call, Permission::DischargePatient, (id, now), decide).await
}
