//! Ends an alert because what it was about is over.

use healthcare_domain::{
    alert::{Alert, AlertError},
    id::PatientId,
};

use crate::{
    App, CommandError,
    access::{Call, Permission},
    store::Committed,
    transact::{Target, transact},
};

/// The condition of a rule is over for a patient.
#[derive(Debug, Clone)]
pub struct ClearAlert {
    /// Whose.
    pub patient: PatientId,
    /// The rule.
    pub rule: String,
}

/// Ends the open alert of a patient and a rule; `None` when there is none, or when somebody else has just ended it.
///
/// # Errors
/// When the caller may not submit readings, the alert latches ([`AlertError::Latched`]: high, and nobody has answered
/// yet), or the record cannot be reached.
#[tracing::instrument(skip_all, fields(patient.id = %cmd.patient, rule = cmd.rule))]
pub async fn clear_alert(
    app: &App,
    call: &Call,
    cmd: ClearAlert,
) -> Result<Option<Committed>, CommandError<AlertError>> {
    let permit = app.authorise(call, Permission::SubmitTelemetry, Some(cmd.patient)).await?;
    let Some(open) = app.read.open_alert(&permit, cmd.patient, &cmd.rule).await? else { return Ok(None) };
    let now = app.clock.now();
    let target = Target::of(open, cmd.patient, now);
    match transact(app, &permit, call, target, |alert: &Alert| alert.clear(now)).await {
        Err(CommandError::Refused(AlertError::Cleared)) => Ok(None),
        other => other.map(Some),
    }
}
