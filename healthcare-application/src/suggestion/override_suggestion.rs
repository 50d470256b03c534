//! Sets a suggestion aside.

use healthcare_domain::{
    id::SuggestionId,
    suggestion::{Suggestion, SuggestionError},
    text::Remark,
};

use crate::{
    App, CommandError,
    access::{Call, Permission},
    entry::{Touches, transact_entry},
    store::Committed,
};

/// Set a suggestion aside.
#[derive(Debug, Clone)]
pub struct OverrideSuggestion {
    /// Which.
    pub suggestion: SuggestionId,
    /// Why.
    pub reason: Remark,
}

/// Overrides a suggestion, with a reason. It is not made again on the same facts.
///
/// # Errors
/// When the caller may not, the session has no second factor where the house asks for one, it is no longer open, or the
/// record cannot be reached.
#[tracing::instrument(skip_all, fields(suggestion.id = %cmd.suggestion))]
pub async fn override_suggestion(
    app: &App,
    call: &Call,
    cmd: OverrideSuggestion,
) -> Result<Committed, CommandError<SuggestionError>> {
    let patient = app.load::<Suggestion>(cmd.suggestion).await?.patient();
    app.ensure_strong(call, Permission::AnswerSuggestion, patient).await?;
    let by = call.actor.account;
    let when = (app.clock.now(), Touches::Nothing);
    let decide = |suggestion: &Suggestion| suggestion.override_with(by, cmd.reason.clone());
    transact_entry(app, call, Permission::AnswerSuggestion, cmd.suggestion, when, decide).await
}
