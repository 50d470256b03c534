//! The scores and formulas that are computed here.

use healthcare_dss::score::calculator::{Card, cards};

use crate::{
    App, QueryError,
    access::{Call, Permission},
};

/// All calculators by name, each with its inputs, their units and ranges, its version and source.
///
/// # Errors
/// When the caller may not.
pub async fn list_scores(app: &App, call: &Call) -> Result<Vec<&'static Card>, QueryError> {
    app.authorise(call, Permission::ComputeScore, None).await?;
    let mut all: Vec<&'static Card> = cards().collect();
    all.sort_by_key(|card| card.name);
    Ok(all)
}
