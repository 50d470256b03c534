//! One suggestion.

use chrono::{DateTime, Utc};
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
pub async fn get_suggestion(
    app: &App,
    call: &Call,
    suggestion: SuggestionId,
    as_of: Option<DateTime<Utc>>,
) -> Result<Row, QueryError> {
    let row = get_entry(app, call, Permission::ReadChart, (Kind::Suggestion, suggestion.0), as_of).await?;
    // Who looks at an earlier day is not shown what is to be answered.
    if as_of.is_none() {
        app.shown(call, &[row.id], ShownVia::Itself);
    }
    Ok(row)
}
