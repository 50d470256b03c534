//! What comes back from the issuer by way of the browser, and why that opens nothing.

use healthcare_application::StoreError;
use healthcare_domain::id::AccountId;
use serde::Deserialize;

/// The parameters that the browser brings.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Answer {
    /// Which sign-in it is about.
    pub state: String,
    /// To be exchanged for tokens, once.
    pub code: Option<String>,
    /// Who answers (RFC 9207).
    pub iss: Option<String>,
    /// Why there is no code.
    pub error: Option<String>,
}

/// Why nobody was signed in. The reason is for the log; who asks is told the kind alone.
#[derive(Debug, thiserror::Error)]
pub enum SsoError {
    /// The issuer does not answer, or not as an issuer does.
    #[error("the issuer of single sign-on cannot be used: {0}")]
    Unavailable(String),
    /// What was brought is not the answer to a sign-in that this browser began.
    #[error("the answer of single sign-on is not accepted: {0}")]
    Refused(&'static str),
    /// The person is known to the issuer, and has no account here that may sign in in that role.
    #[error("no account may be signed in to: {0}")]
    NoAccount(&'static str),
    /// The role of the account needs a second factor, and the issuer tells of none.
    #[error("the issuer tells of no second factor, which the role needs")]
    SecondFactorNeeded(AccountId),
    /// The database did not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}
