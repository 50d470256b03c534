//! Answers an alert, which stops its ladder.

use healthcare_domain::{
    alert::{Alert, AlertError},
    id::AlertId,
    text::Remark,
};

use crate::{
    App, CommandError,
    access::{Call, Permission},
    store::Committed,
    transact::{Target, replay, transact_from},
};

/// The caller answers for an alert.
#[derive(Debug, Clone)]
pub struct AcknowledgeAlert {
    /// Which.
    pub alert: AlertId,
    /// What they say.
    pub note: Option<Remark>,
}

/// Acknowledges an alert as the caller: from then on nobody else is told of it.
///
/// # Errors
/// When the caller may not, there is no such alert, somebody has answered or it is over, or the record cannot be
/// reached.
#[tracing::instrument(skip_all, fields(alert.id = %cmd.alert))]
pub async fn acknowledge_alert(
    app: &App,
    call: &Call,
    cmd: AcknowledgeAlert,
) -> Result<Committed, CommandError<AlertError>> {
    let sealed = app.load::<Alert>(cmd.alert).await?;
    let permit = app.authorise(call, Permission::AcknowledgeAlert, sealed.patient()).await?;
    let loaded = sealed.open(&permit).await?;
    if let Some(answer) = replay(app, call).await? {
        return Ok(answer);
    }
    let now = app.clock.now();
    let target = Target { id: cmd.alert, patient: loaded.patient, occurred_at: now, touches_safety: false };
    let by = call.actor.account;
    transact_from(app, &permit, call, target, loaded, |alert: &Alert| alert.acknowledge(by, cmd.note.clone(), now))
        .await
}
