//! Puts a suggestion off for a while.

use chrono::{DateTime, Utc};
use healthcare_domain::{
    id::SuggestionId,
    suggestion::{Snooze, Suggestion, SuggestionError},
    text::Remark,
};

use crate::{
    App, CommandError,
    access::{Call, Permission},
    entry::{Touches, transact_entry},
    store::Committed,
};

/// Put a suggestion off.
#[derive(Debug, Clone)]
pub struct SnoozeSuggestion {
    /// Which.
    pub suggestion: SuggestionId,
    /// Until when; never for good.
    pub until: DateTime<Utc>,
    /// Why, where somebody says.
    pub reason: Option<Remark>,
}

/// Puts a suggestion off: until then it is neither in the chart nor in anybody's inbox. It is still withdrawn when it no
/// longer holds, and can be answered at any time.
///
/// # Errors
/// When the caller may not, it is no longer open, the time is past or too far, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(suggestion.id = %cmd.suggestion))]
pub async fn snooze_suggestion(
    app: &App,
    call: &Call,
    cmd: SnoozeSuggestion,
) -> Result<Committed, CommandError<SuggestionError>> {
    let now = app.clock.now();
    let snooze = Snooze { by: call.actor.account, until: cmd.until, reason: cmd.reason };
    let decide = |suggestion: &Suggestion| suggestion.snooze(snooze.clone(), now);
    transact_entry(app, call, Permission::AnswerSuggestion, cmd.suggestion, (now, Touches::Nothing), decide).await
}
