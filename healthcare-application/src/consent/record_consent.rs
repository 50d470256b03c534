//! Records what a patient consented to, or refused.

use healthcare_domain::{
    consent::{Consent, ConsentContent, ConsentError},
    id::{ConsentId, PatientId},
};

use crate::{
    App, CommandError,
    access::{Call, Permission},
    store::Committed,
    transact::{Target, transact},
};

/// Record a consent.
#[derive(Debug, Clone)]
pub struct RecordConsent {
    /// Whose.
    pub patient: PatientId,
    /// What was decided; who records it is the caller.
    pub content: ConsentContent,
}

/// Records a consent or a refusal.
///
/// # Errors
/// When the caller may not, there is no such patient, it cannot be true, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(patient.id = %cmd.patient))]
pub async fn record_consent(
    app: &App,
    call: &Call,
    cmd: RecordConsent,
) -> Result<Committed, CommandError<ConsentError>> {
    let permit = app.authorise(call, Permission::RecordConsent, Some(cmd.patient)).await?;
    app.ensure_patient(cmd.patient).await?;
    let now = app.clock.now();
    let target = Target::of(ConsentId(app.clock.new_id()), cmd.patient, now);
    let content = ConsentContent { recorded_by: Some(call.actor.account), ..cmd.content };
    transact(app, &permit, call, target, |consent: &Consent| consent.record(content.clone(), now)).await
}
