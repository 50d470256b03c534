//! Takes a consent back.

use chrono::{DateTime, Utc};
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

/// Withdraw a consent.
#[derive(Debug, Clone)]
pub struct WithdrawConsent {
    /// Which.
    pub consent: ConsentId,
    /// Since when it does not hold; now if absent.
    pub at: Option<DateTime<Utc>>,
    /// Why, or how it was told.
    pub reason: Remark,
}

/// Withdraws a consent: it is kept, and does not hold any more.
///
/// # Errors
/// When the caller may not, it does not hold, the time cannot be, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(consent.id = %cmd.consent))]
pub async fn withdraw_consent(
    app: &App,
    call: &Call,
    cmd: WithdrawConsent,
) -> Result<Committed, CommandError<ConsentError>> {
    let now = app.clock.now();
    let (at, by) = (cmd.at.unwrap_or(now), Some(call.actor.account));
    let decide = |consent: &Consent| consent.withdraw(at, cmd.reason.clone(), by, now);
    transact_entry(app, call, Permission::RecordConsent, cmd.consent, (at, Touches::Nothing), decide).await
}
