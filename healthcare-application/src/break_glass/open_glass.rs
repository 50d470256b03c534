//! Opens a record in an emergency.

use healthcare_domain::{
    break_glass::{BreakGlass, BreakGlassError, EmergencyPurpose, Grant},
    id::{BreakGlassId, PatientId},
    text::Remark,
};

use crate::{
    App, CommandError,
    access::{Call, Permission},
    store::Committed,
    transact::{Beside, Loaded, Target, replay, store_with},
};

/// Break the glass.
#[derive(Debug, Clone)]
pub struct OpenGlass {
    /// Whose record.
    pub patient: PatientId,
    /// Why.
    pub reason: Remark,
    /// For what.
    pub purpose: EmergencyPurpose,
}

/// Opens one patient's record to the caller for the time the house allows (60 minutes by default). The privacy
/// officers are told in the same transaction, and it stands on their queue until one has reviewed it. Nothing but the
/// database is needed.
///
/// # Errors
/// When the role may not break the glass, the session has no second factor where the house asks for one, there is no such patient, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(patient.id = %cmd.patient))]
pub async fn open_glass(app: &App, call: &Call, cmd: OpenGlass) -> Result<Committed, CommandError<BreakGlassError>> {
    let OpenGlass { patient, reason, purpose } = cmd;
    app.ensure_strong(call, Permission::BreakGlass, Some(patient)).await?;
    let permit = app.authorise(call, Permission::BreakGlass, Some(patient)).await?;
    if let Some(answer) = replay(app, call).await? {
        return Ok(answer);
    }
    app.ensure_patient(patient).await?;
    let now = app.clock.now();
    let until = now + app.policy.break_glass;
    let grant = Grant { patient, by: call.actor.account, reason, purpose, at: now, until };
    let nothing = Loaded::<BreakGlass>::nothing();
    let events = nothing.state.open(grant).map_err(CommandError::Refused)?;
    let target = Target::of(BreakGlassId(app.clock.new_id()), patient, now);
    let beside = Beside { extra: Some(serde_json::json!({ "until": until })), ..Beside::default() };
    Ok(store_with(app, &permit, call, target, &nothing, events, beside).await?)
}
