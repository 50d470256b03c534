//! Why a caller may not.

use healthcare_domain::id::PatientId;

use super::Permission;
use crate::store::StoreError;

/// What was missing. Never anything about a patient: whether there is such a patient, or what label their record
/// bears, is not told to who may not know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Denied {
    /// The role does not have the permission.
    #[error("this needs the permission {}", .0.name())]
    Role(Permission),
    /// A patient's own account asks for a record that is not its own.
    #[error("an account of the role patient sees its own record only")]
    NotOwnRecord,
    /// Nothing relates the caller to this patient.
    #[error("this needs an active care relationship with the patient")]
    Relationship,
    /// The record's label asks for a closer relationship. Told as the lack of a relationship is, so that the label
    /// itself is told to nobody.
    #[error("this needs an active care relationship with the patient")]
    Label,
    /// The break-glass grant is over.
    #[error("the break-glass grant is over; this needs an active care relationship with the patient")]
    BreakGlassExpired,
    /// Only a break-glass grant opens the record: nothing that lasts comes of it.
    #[error("a break-glass grant takes nobody into a patient's care; ask somebody who cares for the patient to")]
    GrantOnly,
    /// The sign-in showed a password alone.
    #[error("this needs a session with a second factor")]
    Strength,
}

impl Denied {
    /// The reason as the last part of a problem's type.
    pub const fn reason(self) -> &'static str {
        match self {
            Self::Role(_) => "denied",
            Self::NotOwnRecord => "not-own-record",
            Self::Relationship | Self::Label => "no-care-relationship",
            Self::BreakGlassExpired => "break-glass-expired",
            Self::GrantOnly => "by-break-glass-alone",
            Self::Strength => "second-factor-needed",
        }
    }
}

/// Why no permit was made out.
#[derive(Debug, thiserror::Error)]
pub enum Unauthorised {
    /// The caller may not.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// The record was merged into another one: what was asked for is to be asked of that.
    #[error("the patient was merged into {0}")]
    Merged(PatientId),
    /// Whether the caller may cannot be told.
    #[error(transparent)]
    Store(#[from] StoreError),
}
