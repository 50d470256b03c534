//! One problem.

use chrono::{DateTime, Utc};
use healthcare_domain::id::ProblemId;

use crate::{
    App, QueryError,
    access::{Call, Permission},
    entry::get_entry,
    view::{Kind, Row},
};

/// A problem.
///
/// # Errors
/// When the caller may not, there is none, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(problem.id = %id))]
pub async fn get_problem(
    app: &App,
    call: &Call,
    id: ProblemId,
    as_of: Option<DateTime<Utc>>,
) -> Result<Row, QueryError> {
    get_entry(app, call, Permission::ReadChart, (Kind::Problem, id.0), as_of).await
}
