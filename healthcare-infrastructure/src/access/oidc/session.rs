//! Opens a session for somebody whom the issuer vouches for, as surely as it does.

use healthcare_application::{Actor, StoreError, access::Strength};

use crate::{
    access::{Access, Account, Tokens},
    database::unavailable,
};

impl Access {
    /// Opens a session. Whether the account may sign in was looked at before.
    pub(super) async fn open_for(&self, account: &Account, strength: Strength) -> Result<Tokens, StoreError> {
        let mut tokens = self.begin_family(account).await?;
        let actor = self.verify(&tokens.access_token).map_err(unavailable)?;
        let actor = Actor { strength, ..actor };
        tokens.access_token = self.key.sign(&actor, self.clock.new_id(), self.clock.now()).map_err(unavailable)?;
        Ok(tokens)
    }
}
