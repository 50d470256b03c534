//! Tells that a patient's score changed.

use healthcare_domain::{
    id::ScoreId,
    score::{Score, ScoreContent, ScoreError},
};

use crate::{
    App, CommandError,
    access::{Call, Permission},
    store::Committed,
    transact::{Target, transact},
};

/// Puts on record what a score is now. What says nothing new is no event.
///
/// # Errors
/// When the caller may not submit readings, the score cannot be so high, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(patient.id = %content.patient))]
pub async fn change_score(
    app: &App,
    call: &Call,
    content: ScoreContent,
) -> Result<Committed, CommandError<ScoreError>> {
    let permit = app.authorise(call, Permission::SubmitTelemetry, Some(content.patient)).await?;
    let target = Target::of(ScoreId::of(content.patient, &content.score), content.patient, content.measured_at);
    transact(app, &permit, call, target, |score: &Score| score.change(content.clone())).await
}
