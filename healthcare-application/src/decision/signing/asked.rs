//! Who is asked before something is signed, and may hear what there is to say.

use healthcare_domain::id::PatientId;

use super::{Against, found::Looked};
use crate::{
    App,
    access::{Call, Permission, Permit, Unauthorised},
    store::StoreError,
};

/// Whether somebody waits for an answer who may hear it: a person, who may see the chart where it is told of.
pub(super) async fn is_asked(
    app: &App,
    permit: &Permit,
    call: &Call,
    patient: PatientId,
    against: Against,
) -> Result<bool, StoreError> {
    if !call.actor.is_person() {
        return Ok(false);
    }
    match against {
        Against::Itself => Ok(true),
        // The permit itself stands on a care relationship.
        Against::Record | Against::Unanswered if permit.permission().needs_relationship() => {
            Ok(call.actor.may(Permission::ReadChart))
        }
        Against::Record | Against::Unanswered => app.may_see(call, patient).await,
    }
}

/// Makes sure that who is told findings of the chart by a permit that opens none is recorded as one who read it. False
/// where they may not any more: then nothing is told, and nobody is held up.
///
/// # Errors
/// When it cannot be recorded, or the record cannot be reached.
pub(super) async fn may_be_told(
    app: &App,
    permit: &Permit,
    call: &Call,
    patient: PatientId,
    (against, looked): (Against, &Looked),
) -> Result<bool, StoreError> {
    let of_chart = against != Against::Itself && !permit.permission().needs_relationship();
    if !of_chart || looked.findings.is_empty() {
        return Ok(true);
    }
    match app.authorise(call, Permission::ReadChart, Some(patient)).await {
        Ok(reads) => reads.recorded().await.map(|()| true),
        Err(Unauthorised::Denied(_) | Unauthorised::Merged(_)) => Ok(false),
        Err(Unauthorised::Store(error)) => Err(error),
    }
}
