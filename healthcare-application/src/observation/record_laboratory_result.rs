//! Reports a laboratory result.

use healthcare_domain::{
    id::{ObservationId, PatientId},
    observation::{Observation, ObservationError, ObservationRecord},
};

use crate::{
    App, CommandError,
    access::{Call, Permission},
    store::Committed,
    transact::{Target, transact},
};

/// Report a laboratory result.
#[derive(Debug, Clone)]
pub struct RecordLaboratoryResult {
    /// Whose.
    pub patient: PatientId,
    /// The result, of the category laboratory.
    pub result: Observation,
}

/// Records a laboratory result, which then waits to be viewed. Rules judge drugs on results, so it passes through the
/// safety row.
///
/// # Errors
/// When the caller may not, there is no such patient, it says nothing or lies in the future, the visit is another
/// patient's, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(patient.id = %cmd.patient))]
pub async fn record_laboratory_result(
    app: &App,
    call: &Call,
    cmd: RecordLaboratoryResult,
) -> Result<Committed, CommandError<ObservationError>> {
    let now = app.clock.now();
    let permit = app.authorise(call, Permission::RecordResult, Some(cmd.patient)).await?;
    app.ensure_patient(cmd.patient).await?;
    app.ensure_encounter(cmd.patient, cmd.result.encounter, "/encounter").await?;
    let id = ObservationId(app.clock.new_id());
    let target = Target::of(id, cmd.patient, cmd.result.effective_at).through_safety();
    let decide = |record: &ObservationRecord| record.record(cmd.result.clone(), false, now);
    transact(app, &permit, call, target, decide).await
}
