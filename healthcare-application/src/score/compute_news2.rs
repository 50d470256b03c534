//! NEWS2 as a calculator.

use healthcare_dss::score::news2::{InputError, MaximumAges, News2, News2Input, score};

use crate::{
    App, CommandError,
    access::{Call, Permission},
};

/// Computes NEWS2 from what the caller gives. Nothing is stored.
///
/// # Errors
/// When the caller may not, or a value is outside of what can be charted.
#[tracing::instrument(skip_all)]
pub async fn compute_news2(app: &App, call: &Call, input: &News2Input) -> Result<News2, CommandError<InputError>> {
    app.authorise(call, Permission::ComputeScore, None).await?;
    score(input, &MaximumAges::default()).map_err(CommandError::Refused)
}
