//! Notes that the time is over for which a suggestion was put off.

use healthcare_domain::{
    id::SuggestionId,
    suggestion::{Suggestion, SuggestionError},
};

use crate::{
    App, CommandError,
    access::{Call, Permission},
    entry::{Touches, transact_entry},
    store::Committed,
};

/// Notes it, so that those who follow live are told. It is shown again by then in any case; twice changes nothing.
///
/// # Errors
/// When the record cannot be reached.
#[tracing::instrument(skip_all, fields(suggestion.id = %suggestion))]
pub async fn return_suggestion(
    app: &App,
    suggestion: SuggestionId,
) -> Result<Committed, CommandError<SuggestionError>> {
    let now = app.clock.now();
    let call = Call::system(app.clock.new_id());
    let decide = |state: &Suggestion| Ok(state.come_back(now));
    transact_entry(app, &call, Permission::AnswerSuggestion, suggestion, (now, Touches::Nothing), decide).await
}
