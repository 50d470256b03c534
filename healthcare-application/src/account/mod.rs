//! Accounts as an identity manager keeps them. What is secret of an account is its owner's, and is not handled here.

mod change_role;
mod create_account;
mod disable_account;
mod enable_account;
mod end_sessions;
mod get_account;
mod list_accounts;
mod remove_second_factor;
mod update_profile;

pub use change_role::{ChangeRole, change_role};
pub use create_account::{CreateAccount, create_account};
pub use disable_account::{DisableAccount, disable_account};
pub use enable_account::{EnableAccount, enable_account};
pub use end_sessions::{EndSessions, end_sessions};
pub use get_account::get_account;
pub use list_accounts::{AccountFilter, list_accounts};
pub use remove_second_factor::{RemoveSecondFactor, remove_second_factor};
pub use update_profile::{UpdateProfile, update_profile};

use healthcare_domain::{
    account::Between,
    id::{AccountId, PatientId},
};
use serde::Deserialize;

use crate::{App, access::Call, store::StoreError, transact::Target};

/// The stream of an account, now.
fn target(app: &App, account: AccountId) -> Target<AccountId> {
    Target { id: account, patient: None, occurred_at: app.clock.now(), touches_safety: false }
}

/// Who acts on whom.
fn between(call: &Call, account: AccountId) -> Between {
    Between { by: call.actor.account, on: account }
}

/// The patient an account belongs to, from its view: who is shown the account is shown that there is one of theirs.
fn owner(view: &str) -> Result<Option<PatientId>, StoreError> {
    #[derive(Deserialize)]
    struct Owned {
        patient: Option<PatientId>,
    }
    let Owned { patient } = serde_json::from_str(view).map_err(|e| StoreError::Damaged(Box::new(e)))?;
    Ok(patient)
}
