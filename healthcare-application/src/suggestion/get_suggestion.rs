//! One suggestion.

use healthcare_domain::id::SuggestionId;

use crate::{
    App, QueryError,
    access::{Call, Permission},
    decision::ShownVia,
    entry::get_entry,
    view::{Kind, Row},
};

/// A suggestion.
///
/// # Errors
/// When the caller may not, there is no such suggestion, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(suggestion.id = %suggestion))]
pub async fn get_suggestion(app: &App, call: &Call, suggestion: SuggestionId) -> Result<Row, QueryError> {
    let row = get_entry(app, call, Permission::ReadChart, Kind::Suggestion, suggestion.0).await?;
    app.shown(call, &[row.id], ShownVia::Itself);
    Ok(row)
}
