//! Somebody something is asked of: one account, or whoever has a role.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{account::RoleName, id::AccountId};

/// One account, or everybody of a role who cares for the patient.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Party {
    /// One account.
    Account(AccountId),
    /// Whoever has the role, e.g. `nurse`, and cares for the patient.
    Role(RoleName),
}

impl Party {
    /// Whether an account in a role is of it.
    pub fn has(&self, account: AccountId, role: &RoleName) -> bool {
        match self {
            Self::Account(one) => *one == account,
            Self::Role(one) => one == role,
        }
    }
}
