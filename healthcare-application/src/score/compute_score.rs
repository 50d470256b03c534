//! Scores and formulas as calculators.

use healthcare_dss::score::calculator::{Computed, Refused, named};
use serde_json::{Map, Value};

use crate::{
    App, CommandError,
    access::{Call, Permission},
};

/// Why nothing is computed.
#[derive(Debug, thiserror::Error)]
pub enum ScoreRefused {
    /// There is no such calculator.
    #[error("there is no such calculator")]
    Unknown,
    /// A value is not what its input takes.
    #[error(transparent)]
    Input(#[from] Refused),
}

/// Computes a score from what the caller gives. Nothing is stored.
///
/// # Errors
/// When the caller may not, there is no such calculator, or a value is not what its input takes.
#[tracing::instrument(skip(app, call, given))]
pub async fn compute_score(
    app: &App,
    call: &Call,
    name: &str,
    given: &Map<String, Value>,
) -> Result<Computed, CommandError<ScoreRefused>> {
    app.authorise(call, Permission::ComputeScore, None).await?;
    let calculator = named(name).ok_or(CommandError::Refused(ScoreRefused::Unknown))?;
    calculator.compute(given).map_err(|refused| CommandError::Refused(refused.into()))
}
