//! Corrects what is known of an allergy.

use healthcare_domain::{
    allergy::{Allergy, AllergyError, AllergyRecord},
    id::AllergyId,
};

use super::in_force::store_in_force;
use crate::{
    AmendError, App, CommandError,
    access::{Call, Permission},
    store::Committed,
    transact::replay,
};

/// Amends an allergy: `change` makes what is to be known from what is known. It passes through the safety row. The
/// same again is no change. An allergy takes off that none is known.
///
/// # Errors
/// When the caller may not, it is not active, the version is stale, the change does not fit or names nothing, or the
/// record cannot be reached.
#[tracing::instrument(skip_all, fields(allergy.id = %id))]
pub async fn amend_allergy<M>(
    app: &App,
    call: &Call,
    id: AllergyId,
    change: impl FnOnce(&Allergy) -> Result<Allergy, M> + Send,
) -> Result<Committed, AmendError<AllergyError, M>> {
    let sealed = app.load::<AllergyRecord>(id).await?;
    let permit = app.authorise(call, Permission::ChartAllergy, sealed.patient()).await?;
    let loaded = sealed.open(&permit).await?;
    if let Some(answer) = replay(app, call).await? {
        return Ok(answer);
    }
    let seen = loaded.version;
    if call.if_match.is_some_and(|named| named != seen) {
        return Err(CommandError::Stale { current: seen }.into());
    }
    let amended = change(loaded.state.amendable().map_err(CommandError::Refused)?).map_err(AmendError::Misfit)?;
    amended.ensure_stated().map_err(CommandError::Refused)?;
    // It was made from this version; on another one it would undo what somebody else changed.
    let call = Call { if_match: Some(seen), ..call.clone() };
    let whose = loaded.holder.or(loaded.patient).ok_or(CommandError::Refused(AllergyError::Unrecorded))?;
    let decide = |record: &AllergyRecord| record.amend(amended.clone());
    Ok(store_in_force(app, &permit, &call, (id, whose), loaded, decide).await?)
}
