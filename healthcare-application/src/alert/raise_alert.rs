//! Raises an alert, or makes the open one of the same patient and rule worse.

use healthcare_domain::{
    alert::{Alert, AlertContent, AlertError},
    id::AlertId,
};

use crate::{
    App, CommandError,
    access::{Call, Permission},
    store::{Committed, StoreError},
    transact::{Target, transact},
};

/// The rule of the read models that keeps one alert open for a patient and a rule.
const OPEN_ONCE: &str = "entry_open_once";

/// How often somebody else may raise or end the same alert between our look and our word.
const ATTEMPTS: usize = 5;

/// Raises an alert. While one is open for the same patient and rule, no second one is raised: a higher priority makes
/// that one worse, the same or a lower one changes nothing. Answers with the alert that is open now.
///
/// # Errors
/// When the caller may not submit readings, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(patient.id = %content.patient, rule = content.rule))]
pub async fn raise_alert(app: &App, call: &Call, content: AlertContent) -> Result<Committed, CommandError<AlertError>> {
    let patient = content.patient;
    let permit = app.authorise(call, Permission::SubmitTelemetry, Some(patient)).await?;
    let mut attempt = 0;
    loop {
        attempt += 1;
        let now = app.clock.now();
        let open = app.read.open_alert(&permit, patient, &content.rule).await?;
        let id = open.unwrap_or_else(|| AlertId(app.clock.new_id()));
        let target = Target::of(id, patient, content.measured_at);
        let outcome = transact(app, &permit, call, target, |alert: &Alert| match open {
            Some(_) => alert.worsen(content.clone(), now),
            None => alert.raise(content.clone(), now),
        })
        .await;
        match outcome {
            // Somebody raised it, or ended it, since we looked.
            Err(CommandError::Store(StoreError::Exists(rule))) if rule == OPEN_ONCE && attempt < ATTEMPTS => {}
            Err(CommandError::Refused(AlertError::Cleared)) if attempt < ATTEMPTS => {}
            other => return other,
        }
    }
}
