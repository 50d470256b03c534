//! Decides how sure a problem is.

use healthcare_domain::{
    id::ProblemId,
    problem::{ProblemError, ProblemRecord, ProblemVerification},
    signing::Override,
    text::Remark,
};

use super::signed::{opened, signed};
use crate::{App, CommandError, access::Call, store::Committed};

/// Decide how sure a problem is.
#[derive(Debug, Clone)]
pub struct VerifyProblem {
    /// Which.
    pub problem: ProblemId,
    /// How sure.
    pub verification: ProblemVerification,
    /// Why, where something that was sure no longer is.
    pub reason: Option<Remark>,
    /// Why it is so against findings.
    pub overrides: Vec<Override>,
}

/// Verifies a problem. One that is ruled out counts in no check. Of one that is taken to be so a person is told what it brings
/// up, and what is critical waits for an answer.
///
/// # Errors
/// When the caller may not, it was struck out, what was settled changes without a reason, findings wait for
/// an answer, an override answers none, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(problem.id = %cmd.problem))]
pub async fn verify_problem(
    app: &App,
    call: &Call,
    cmd: VerifyProblem,
) -> Result<Committed, CommandError<ProblemError>> {
    let (permit, loaded) = opened(app, call, (cmd.problem, &cmd.overrides)).await?;
    let decide = |record: &ProblemRecord| record.verify(cmd.verification, cmd.reason.clone());
    signed(app, call, (&permit, loaded), (cmd.problem, app.clock.now(), &cmd.overrides), decide).await
}
