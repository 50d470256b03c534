//! One suggestion.

use healthcare_domain::id::SuggestionId;

use crate::{
    App, QueryError,
    access::{Actor, Permission},
    entry::get_entry,
    view::{Kind, Row},
};

/// A suggestion.
///
/// # Errors
/// When the caller may not, there is no such suggestion, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(suggestion.id = %suggestion))]
pub async fn get_suggestion(app: &App, by: &Actor, suggestion: SuggestionId) -> Result<Row, QueryError> {
    get_entry(app, by, Permission::ReadChart, Kind::Suggestion, suggestion.0).await
}
