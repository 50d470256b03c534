//! Reports a laboratory result.

use healthcare_domain::{
    id::{ObservationId, PatientId},
    observation::{Observation, ObservationError, ObservationRecord},
    signing::Override,
};
use healthcare_dss::Trigger;

use crate::{
    App, CommandError,
    access::{Call, Permission},
    decision::{Against, Signature, sign},
    store::Committed,
    transact::{Target, replay},
};

/// Report a laboratory result.
#[derive(Debug, Clone)]
pub struct RecordLaboratoryResult {
    /// Whose.
    pub patient: PatientId,
    /// The result, of the category laboratory.
    pub result: Observation,
    /// Why a person records it although it can hardly be.
    pub overrides: Vec<Override>,
}

/// Records a laboratory result, which then waits to be viewed. Rules judge drugs on results, so it passes through the
/// safety row. What a person types is asked about where hardly any patient has such a value: of the record nothing else is
/// looked at, and nothing told. What a program reports is always stored.
///
/// # Errors
/// When the caller may not, there is no such patient, it says nothing or lies in the future, the visit is another
/// patient's, a person's result lies before the patient's birth, is a body weight or height, or waits to be confirmed, an override answers no finding, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(patient.id = %cmd.patient))]
pub async fn record_laboratory_result(
    app: &App,
    call: &Call,
    cmd: RecordLaboratoryResult,
) -> Result<Committed, CommandError<ObservationError>> {
    let now = app.clock.now();
    if !cmd.overrides.is_empty() {
        app.ensure_strong(call, Permission::RecordResult, Some(cmd.patient)).await?;
    }
    let permit = app.authorise(call, Permission::RecordResult, Some(cmd.patient)).await?;
    if let Some(answer) = replay(app, call).await? {
        return Ok(answer);
    }
    let born = app.born(&permit, cmd.patient).await?;
    app.ensure_encounter(cmd.patient, cmd.result.encounter, "/encounter").await?;
    let id = ObservationId(app.clock.new_id());
    let target = Target::of(id, cmd.patient, cmd.result.effective_at).through_safety();
    let decide = |record: &ObservationRecord| {
        if call.actor.is_person() {
            cmd.result.ensure_typed(born)?;
        }
        record.record(cmd.result.clone(), false, now)
    };
    let (hook, against) = (Trigger::RESULT_CREATE, Against::Itself);
    let signature = Signature { hook, against, overrides: &cmd.overrides };
    sign(app, &permit, call, target, signature, decide).await
}
