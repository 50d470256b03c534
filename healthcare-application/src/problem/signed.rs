//! What changes a problem that is on record is checked before it is signed, as a new one is.

use chrono::{DateTime, Utc};
use healthcare_domain::{
    id::ProblemId,
    problem::{ProblemError, ProblemEvent, ProblemRecord},
    signing::Override,
};
use healthcare_dss::Trigger;

use crate::{
    App, CommandError,
    access::{Call, Permission, Permit},
    decision::{Against, Signature, sign_from},
    store::Committed,
    transact::{Loaded, Target},
};

/// Loads a problem for who may chart it. Who sets findings aside has shown a second factor.
///
/// # Errors
/// When the caller may not, or the record cannot be reached.
pub(super) async fn opened(
    app: &App,
    call: &Call,
    (id, overrides): (ProblemId, &[Override]),
) -> Result<(Permit, Loaded<ProblemRecord>), CommandError<ProblemError>> {
    let sealed = app.load::<ProblemRecord>(id).await?;
    if !overrides.is_empty() {
        app.ensure_strong(call, Permission::ChartProblem, sealed.patient()).await?;
    }
    let permit = app.authorise(call, Permission::ChartProblem, sealed.patient()).await?;
    let loaded = sealed.open(&permit).await?;
    Ok((permit, loaded))
}

/// Decides on a problem and stores it, through the safety row. Where it counts in checks afterwards, a person is told what it
/// brings up that was not there as it stood: what is critical waits for an answer, which stays in the event.
///
/// # Errors
/// When there is none, the domain refuses, the version is stale, findings wait for an answer, an override answers none, the
/// patient was merged into another one meanwhile, or the record cannot be reached.
pub(super) async fn signed(
    app: &App,
    call: &Call,
    (permit, loaded): (&Permit, Loaded<ProblemRecord>),
    (id, at, overrides): (ProblemId, DateTime<Utc>, &[Override]),
    decide: impl Fn(&ProblemRecord) -> Result<Vec<ProblemEvent>, ProblemError> + Send,
) -> Result<Committed, CommandError<ProblemError>> {
    let Some(patient) = loaded.holder.or(loaded.patient) else {
        permit.recorded().await?;
        return Err(CommandError::Refused(ProblemError::Unrecorded));
    };
    let target = Target::of(id, patient, at).through_safety();
    let signature = Signature { hook: Trigger::PROBLEM_CREATE, against: Against::Record, overrides };
    sign_from(app, permit, call, target, signature, (loaded, ProblemRecord::counts), decide).await
}
