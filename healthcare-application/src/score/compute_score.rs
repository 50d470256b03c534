//! Scores and formulas as calculators.

use healthcare_dss::score::calculator::{Computed, Refused, named};
use serde_json::{Map, Value};

use crate::{
    App, QueryError,
    access::{Call, Permission},
};

/// Computes a score from what the caller gives, or says which value is not what its input takes. Nothing is stored.
///
/// # Errors
/// When the caller may not, or there is no such calculator.
#[tracing::instrument(skip(app, call, given))]
pub async fn compute_score(
    app: &App,
    call: &Call,
    name: &str,
    given: &Map<String, Value>,
) -> Result<Result<Computed, Refused>, QueryError> {
    app.authorise(call, Permission::ComputeScore, None).await?;
    let calculator = named(name).ok_or(QueryError::NotFound)?;
    Ok(calculator.compute(given))
}
