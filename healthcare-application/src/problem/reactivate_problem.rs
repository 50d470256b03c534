//! Puts a problem back on the list that was over.

use chrono::{DateTime, Utc};
use healthcare_domain::{
    id::ProblemId,
    problem::{ProblemError, ProblemRecord},
};

use crate::{
    App, CommandError,
    access::{Call, Permission},
    entry::{Touches, transact_entry},
    store::Committed,
};

/// Mark a problem as there again.
#[derive(Debug, Clone, Copy)]
pub struct ReactivateProblem {
    /// Which.
    pub problem: ProblemId,
    /// Since when; now if not said.
    pub at: Option<DateTime<Utc>>,
}

/// Reactivates a problem: it counts in every check again.
///
/// # Errors
/// When the caller may not, it is active or was struck out, would be back before it ended, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(problem.id = %cmd.problem))]
pub async fn reactivate_problem(
    app: &App,
    call: &Call,
    cmd: ReactivateProblem,
) -> Result<Committed, CommandError<ProblemError>> {
    let now = app.clock.now();
    let at = cmd.at.unwrap_or(now);
    let decide = |record: &ProblemRecord| record.reactivate(Some(at), now);
    transact_entry(app, call, Permission::ChartProblem, cmd.problem, (at, Touches::Safety), decide).await
}
