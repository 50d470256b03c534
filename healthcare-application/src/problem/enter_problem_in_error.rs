//! Strikes out a problem that never was.

use healthcare_domain::{
    id::ProblemId,
    problem::{ProblemError, ProblemRecord},
    text::Remark,
};

use crate::{
    App, CommandError,
    access::{Call, Permission},
    entry::{Touches, transact_entry},
    store::Committed,
};

/// Mark a problem as entered in error.
#[derive(Debug, Clone)]
pub struct EnterProblemInError {
    /// Which.
    pub problem: ProblemId,
    /// Why.
    pub reason: Remark,
}

/// Strikes out a problem, e.g. one of another patient. It no longer counts in any check.
///
/// # Errors
/// When the caller may not, it is struck already, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(problem.id = %cmd.problem))]
pub async fn enter_problem_in_error(
    app: &App,
    call: &Call,
    cmd: EnterProblemInError,
) -> Result<Committed, CommandError<ProblemError>> {
    let when = (app.clock.now(), Touches::Safety);
    let decide = |record: &ProblemRecord| record.enter_in_error(cmd.reason.clone());
    transact_entry(app, call, Permission::ChartProblem, cmd.problem, when, decide).await
}
