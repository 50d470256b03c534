//! Whether something can be asked of somebody.

use healthcare_domain::{account::RoleName, party::Party};

use crate::{
    App,
    access::{Actor, Permission, Permit, Role},
    store::StoreError,
    view::Kind,
};

/// The name of an actor's role, as the domain knows roles.
pub fn role_of(actor: &Actor) -> RoleName {
    RoleName(actor.role.as_str().to_owned())
}

impl App {
    /// Whether there is such an account or role, and it may do what is asked.
    ///
    /// # Errors
    /// When the record cannot be reached.
    pub async fn can_be_asked(
        &self,
        permit: &Permit,
        party: &Party,
        permission: Permission,
    ) -> Result<bool, StoreError> {
        let may = |role: &str| role.parse::<Role>().is_ok_and(|role| role.may(permission));
        match party {
            Party::Role(role) => Ok(may(&role.0)),
            Party::Account(account) => {
                let Some(sealed) = self.read.entry(Kind::Account, account.0).await? else { return Ok(false) };
                let row = sealed.open(permit).await?;
                Ok(row.active && row.code.as_deref().is_some_and(may))
            }
        }
    }

    /// As [`App::can_be_asked`], of all of them.
    ///
    /// # Errors
    /// When the record cannot be reached.
    pub async fn can_all_be_asked(
        &self,
        permit: &Permit,
        parties: impl IntoIterator<Item = &Party> + Send,
        permission: Permission,
    ) -> Result<bool, StoreError> {
        let parties: Vec<&Party> = parties.into_iter().collect();
        for party in parties {
            if !self.can_be_asked(permit, party, permission).await? {
                return Ok(false);
            }
        }
        Ok(true)
    }
}
