//! Why a caller may not.

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
}

impl Denied {
    /// The reason as the last part of a problem's type.
    pub const fn reason(self) -> &'static str {
        match self {
            Self::Role(_) => "denied",
            Self::NotOwnRecord => "not-own-record",
        }
    }
}

/// Why no permit was made out.
#[derive(Debug, thiserror::Error)]
pub enum Unauthorised {
    /// The caller may not.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// Whether the caller may cannot be told.
    #[error(transparent)]
    Store(#[from] StoreError),
}
