//! Why a decision about an account is refused.

/// Why a decision about an account is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AccountError {
    /// There is no such account.
    #[error("there is no such account")]
    Unknown,
    /// It is there already.
    #[error("there is an account of this identity already")]
    AlreadyCreated,
    /// Somebody else has the name.
    #[error("the user name is taken")]
    Taken,
    /// The name is no user name.
    #[error("a user name has 1 to 100 letters and digits, and of signs . - _ @ ' + alone")]
    BadUsername,
    /// Something of the profile is blank or endless.
    #[error("a profile has a name, at most 50 wards and teams, and 1 to 200 characters a part")]
    BadProfile,
    /// A patient's account names its patient, a device's at most its device, and the staff's neither.
    #[error("an account of this role belongs to something else")]
    WrongOwner,
    /// Nobody gives themselves rights.
    #[error("nobody does this to their own account; ask another administrator")]
    SelfGrant,
    /// It may not sign in already.
    #[error("the account is disabled")]
    Disabled,
    /// It may sign in already.
    #[error("the account is enabled")]
    Enabled,
    /// It has that role already.
    #[error("the account has this role already")]
    SameRole,
    /// It has chosen no password yet.
    #[error("the account was never activated")]
    NotActivated,
    /// It has no second factor.
    #[error("the account has no second factor")]
    NoSecondFactor,
    /// It has a second factor.
    #[error("the account has a second factor already")]
    HasSecondFactor,
    /// It has as many addresses for calendar programs as it may have.
    #[error("there are ten addresses for calendar programs already; close one first")]
    TooManyFeeds,
    /// It has no such address.
    #[error("there is no such address for a calendar program")]
    NoSuchFeed,
}
