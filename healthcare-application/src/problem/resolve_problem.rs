//! Ends a problem.

use chrono::{DateTime, Utc};
use healthcare_domain::{
    id::ProblemId,
    problem::{Ending, ProblemError, ProblemRecord},
};

use crate::{
    App, CommandError,
    access::{Call, Permission},
    entry::{Touches, transact_entry},
    store::Committed,
};

/// Mark a problem as resolved.
#[derive(Debug, Clone, Copy)]
pub struct ResolveProblem {
    /// Which.
    pub problem: ProblemId,
    /// When it ended; now if not said.
    pub at: Option<DateTime<Utc>>,
    /// How: it is gone, better, or troubles them no longer.
    pub how: Ending,
}

/// Resolves a problem.
///
/// # Errors
/// When the caller may not, it is not active or had not begun by then, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(problem.id = %cmd.problem))]
pub async fn resolve_problem(
    app: &App,
    call: &Call,
    cmd: ResolveProblem,
) -> Result<Committed, CommandError<ProblemError>> {
    let at = cmd.at.unwrap_or_else(|| app.clock.now());
    let decide = |record: &ProblemRecord| record.resolve(Some(at), cmd.how);
    transact_entry(app, call, Permission::ChartProblem, cmd.problem, (at, Touches::Safety), decide).await
}
