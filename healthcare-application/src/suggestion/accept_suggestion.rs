//! Takes a suggestion up.

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

/// Take a suggestion up.
#[derive(Debug, Clone, Copy)]
pub struct AcceptSuggestion {
    /// Which.
    pub suggestion: SuggestionId,
}

/// Accepts a suggestion. What it proposes is then done by a command of its own, by whoever accepted it.
///
/// # Errors
/// When the caller may not, it is no longer open, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(suggestion.id = %cmd.suggestion))]
pub async fn accept_suggestion(
    app: &App,
    call: &Call,
    cmd: AcceptSuggestion,
) -> Result<Committed, CommandError<SuggestionError>> {
    let by = call.actor.account;
    let when = (app.clock.now(), Touches::Nothing);
    let decide = |suggestion: &Suggestion| suggestion.accept(by);
    transact_entry(app, call, Permission::AnswerSuggestion, cmd.suggestion, when, decide).await
}
