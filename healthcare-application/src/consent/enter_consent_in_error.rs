//! Strikes out a consent that never was.

use healthcare_domain::{
    consent::{Consent, ConsentError},
    id::ConsentId,
    text::Remark,
};

use crate::{
    App, CommandError,
    access::{Call, Permission},
    entry::{Touches, transact_entry},
    store::Committed,
};

/// Mark a consent as entered in error.
#[derive(Debug, Clone)]
pub struct EnterConsentInError {
    /// Which.
    pub consent: ConsentId,
    /// Why.
    pub reason: Remark,
}

/// Strikes out a consent, e.g. one of another patient.
///
/// # Errors
/// When the caller may not, it is struck already, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(consent.id = %cmd.consent))]
pub async fn enter_consent_in_error(
    app: &App,
    call: &Call,
    cmd: EnterConsentInError,
) -> Result<Committed, CommandError<ConsentError>> {
    let when = (app.clock.now(), Touches::Nothing);
    let decide = |consent: &Consent| consent.enter_in_error(cmd.reason.clone());
    transact_entry(app, call, Permission::RecordConsent, cmd.consent, when, decide).await
}
