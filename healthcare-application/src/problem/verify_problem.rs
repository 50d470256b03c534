//! Decides how sure a problem is.

use healthcare_domain::{
    id::ProblemId,
    problem::{ProblemError, ProblemRecord, ProblemVerification},
    text::Remark,
};

use crate::{
    App, CommandError,
    access::{Call, Permission},
    entry::{Touches, transact_entry},
    store::Committed,
};

/// Decide how sure a problem is.
#[derive(Debug, Clone)]
pub struct VerifyProblem {
    /// Which.
    pub problem: ProblemId,
    /// How sure.
    pub verification: ProblemVerification,
    /// Why, where something that was sure no longer is.
    pub reason: Option<Remark>,
}

/// Verifies a problem. One that is ruled out counts in no check.
///
/// # Errors
/// When the caller may not, it was struck out, what was settled changes without a reason, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(problem.id = %cmd.problem))]
pub async fn verify_problem(
    app: &App,
    call: &Call,
    cmd: VerifyProblem,
) -> Result<Committed, CommandError<ProblemError>> {
    let when = (app.clock.now(), Touches::Safety);
    let decide = |record: &ProblemRecord| record.verify(cmd.verification, cmd.reason.clone());
    transact_entry(app, call, Permission::ChartProblem, cmd.problem, when, decide).await
}
