//! Decides that two who look like one person are two.

use healthcare_domain::{id::PatientId, identity::IdentityError, text::Remark};

use super::merge_patients::on_both;
use crate::{
    App, CommandError,
    access::{Call, Permission},
    store::Committed,
    transact::replay,
};

/// Take a pair off the queue.
#[derive(Debug, Clone)]
pub struct DismissDuplicate {
    /// The two.
    pub patients: (PatientId, PatientId),
    /// How it is known that they are two people.
    pub reason: Remark,
}

/// Notes that two registrations are of different people. The pair leaves the queue and does not come back.
///
/// # Errors
/// When the caller may not, there is no such patient, they were merged or told apart before, or the record cannot be
/// reached.
#[tracing::instrument(skip_all)]
pub async fn dismiss_duplicate(
    app: &App,
    call: &Call,
    cmd: DismissDuplicate,
) -> Result<Committed, CommandError<IdentityError>> {
    let permit = app.authorise(call, Permission::MergePatients, None).await?;
    if let Some(answer) = replay(app, call).await? {
        return Ok(answer);
    }
    let DismissDuplicate { patients: (one, other), reason } = cmd;
    app.ensure_patient(one).await?;
    app.ensure_patient(other).await?;
    let committed = Committed { id: one.0, version: 1, extra: None, replayed: false };
    on_both(app, &permit, call, (one, other), committed, |here, there| here.tell_apart(one, (other, there), &reason))
        .await
}
