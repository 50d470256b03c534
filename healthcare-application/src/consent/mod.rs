//! What patients consented to, or refused.

mod enter_consent_in_error;
mod get_consent;
mod record_consent;
mod withdraw_consent;

pub use enter_consent_in_error::{EnterConsentInError, enter_consent_in_error};
pub use get_consent::get_consent;
pub use record_consent::{RecordConsent, record_consent};
pub use withdraw_consent::{WithdrawConsent, withdraw_consent};
