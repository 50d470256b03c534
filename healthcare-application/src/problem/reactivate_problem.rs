//! Puts a problem back on the list that was over.

use chrono::{DateTime, Utc};
use healthcare_domain::{
    id::ProblemId,
    problem::{ProblemError, ProblemRecord},
    signing::Override,
};

use super::signed::{opened, signed};
use crate::{App, CommandError, access::Call, store::Committed};

/// Mark a problem as there again.
#[derive(Debug, Clone)]
pub struct ReactivateProblem {
    /// Which.
    pub problem: ProblemId,
    /// Since when; now if not said.
    pub at: Option<DateTime<Utc>>,
    /// Why it is put back against findings.
    pub overrides: Vec<Override>,
}

/// Reactivates a problem: it counts in every check again. A person is told what it brings up, and what is critical waits for
/// an answer.
///
/// # Errors
/// When the caller may not, it is active or was struck out, would be back before it ended, findings wait for an answer,
/// an override answers none, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(problem.id = %cmd.problem))]
pub async fn reactivate_problem(
    app: &App,
    call: &Call,
    cmd: ReactivateProblem,
) -> Result<Committed, CommandError<ProblemError>> {
    let now = app.clock.now();
    let at = cmd.at.unwrap_or(now);
    let (permit, loaded) = opened(app, call, (cmd.problem, &cmd.overrides)).await?;
    let decide = |record: &ProblemRecord| record.reactivate(Some(at), now);
    signed(app, call, (&permit, loaded), (cmd.problem, at, &cmd.overrides), decide).await
}
