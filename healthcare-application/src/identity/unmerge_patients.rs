//! Takes a merge back.

use std::collections::BTreeSet;

use healthcare_domain::{
    id::{IdentityId, PatientId},
    identity::{Identity, IdentityError, Standing},
    text::Remark,
};
use uuid::Uuid;

use super::merge_patients::{not_stepped_up, on_both};
use crate::{
    App, CommandError,
    access::{Call, Permission},
    store::Committed,
    transact::replay,
    view::Kind,
};

/// Take a merge back.
#[derive(Debug, Clone)]
pub struct UnmergePatients {
    /// Who holds the record of both.
    pub survivor: PatientId,
    /// Who gets their own back.
    pub duplicate: PatientId,
    /// Entries (by their ids) that were begun for the survivor since the merge and belong to the restored one.
    pub assign: Vec<Uuid>,
    /// How it is known that they are two people.
    pub reason: Remark,
}

/// Restores both records as they would be without the merge: what the duplicate brought goes with it, with all that was
/// changed of it since; what was begun since stays with the survivor unless it is assigned.
///
/// # Errors
/// When the caller may not or has not stepped up, the one is not merged into the other, something cannot be assigned, or
/// the record cannot be reached.
#[tracing::instrument(skip_all, fields(survivor.id = %cmd.survivor, duplicate.id = %cmd.duplicate))]
pub async fn unmerge_patients(
    app: &App,
    call: &Call,
    cmd: UnmergePatients,
) -> Result<Committed, CommandError<IdentityError>> {
    let stepped_up = app.ensure_stepped_up(call, Permission::MergePatients, Some(cmd.survivor)).await;
    stepped_up.map_err(not_stepped_up)?;
    let permit = app.authorise(call, Permission::MergePatients, None).await?;
    // Who is merged has nobody of their own any more: all who cared for them care for the survivor, whose label is the
    // stricter of the two.
    let held = app.care.survivor(cmd.duplicate).await?;
    for patient in BTreeSet::from([cmd.survivor, held]) {
        app.ensure_close_enough(call, Permission::MergePatients, patient).await?;
    }
    let now = app.clock.now();
    if let Some(answer) = replay(app, call).await? {
        return Ok(answer);
    }
    let UnmergePatients { survivor, duplicate, mut assign, reason } = cmd;
    assign.sort_unstable();
    assign.dedup();
    let row = app.read.entry(Kind::Patient, survivor.0).await?.ok_or(CommandError::NoSuchPatient)?;
    let version = row.open(&permit).await?.version;
    if !assign.is_empty() {
        let theirs = app.load::<Identity>(IdentityId::of(duplicate)).await?.open(&permit).await?;
        let Standing::Merged { at, .. } = theirs.state.standing else {
            return Err(CommandError::Refused(IdentityError::NotMerged));
        };
        if app.read.begun_since(&permit, survivor, &assign, at).await? != assign.len() {
            permit.recorded().await?;
            return Err(CommandError::Refused(IdentityError::NotAssignable));
        }
    }
    let committed = Committed {
        id: survivor.0,
        version,
        extra: Some(serde_json::json!({ "restored": duplicate, "assigned": assign })),
        replayed: false,
    };
    on_both(app, &permit, call, (survivor, duplicate), committed, |kept, given| {
        kept.let_go(survivor, (duplicate, given), (&reason, &assign), now)
    })
    .await
}
