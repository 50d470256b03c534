//! From a name and a password to tokens.

use std::net::IpAddr;

use chrono::Duration;
use healthcare_application::{Actor, StoreError, access::Strength};
use secrecy::SecretString;
use serde::Serialize;
use uuid::Uuid;

use super::{Access, Account, throttle::Attempts, token};
use crate::database::unavailable;

/// How long a chain of refresh tokens lives at the most.
const REFRESH_HOURS: i64 = 12;

/// What a sign-in gives.
#[derive(Clone, Serialize)]
pub struct Tokens {
    /// For the `Authorization: Bearer` header; 15 minutes.
    pub access_token: String,
    /// Exchanged once for the next pair; 12 hours from the sign-in.
    pub refresh_token: String,
    /// Seconds until the access token expires.
    pub expires_in: i64,
}

/// Why nobody was signed in. Unknown, wrong and disabled are one and the same.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// The name and password are not those of an account that may sign in.
    #[error("the user name or password is wrong")]
    Refused,
    /// Too many attempts of this name or from this address.
    #[error("too many attempts; try again in {0} s")]
    Throttled(u64),
    /// The database did not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Access {
    /// Signs in.
    ///
    /// # Errors
    /// When name and password are not those of an enabled account, there were too many attempts, or the database
    /// cannot be reached.
    pub async fn sign_in(
        &self,
        username: &str,
        password: SecretString,
        from: Option<IpAddr>,
    ) -> Result<Tokens, SignInError> {
        let attempts = Attempts::of(username, from);
        attempts.admit(&self.shared).await?;
        let (account, hash) = match self.find(username).await? {
            Some((account, hash)) => (Some(account), hash),
            None => (None, None),
        };
        let right = self.passwords.verify(password, hash).await?;
        match account {
            Some(account) if right && account.enabled => {
                attempts.succeeded(&self.shared).await;
                Ok(self.begin_family(&account).await?)
            }
            _ => Err(SignInError::Refused),
        }
    }

    /// Opens a session for somebody whom another house vouches for, as surely as it does. Whether the account may sign in
    /// was looked at before.
    pub(super) async fn open_for(&self, account: &Account, strength: Strength) -> Result<Tokens, StoreError> {
        let family = self.clock.new_id();
        let mut tokens = self.begin_family_as(account, family).await?;
        let Account { id, role, patient, device, .. } = *account;
        let actor = Actor { patient, device, session: Some(family), strength, ..Actor::of(id, role) };
        tokens.access_token = self.key.sign(&actor, self.clock.new_id(), self.clock.now()).map_err(unavailable)?;
        Ok(tokens)
    }

    async fn begin_family_as(&self, account: &Account, family: Uuid) -> Result<Tokens, StoreError> {
        let expires_at = self.clock.now() + Duration::hours(REFRESH_HOURS);
        self.issue(account, family, expires_at).await.map(|(tokens, _)| tokens)
    }

    async fn begin_family(&self, account: &Account) -> Result<Tokens, StoreError> {
        self.begin_family_as(account, self.clock.new_id()).await
    }

    /// A pair of tokens, the refresh token stored under its digest.
    pub(super) async fn issue(
        &self,
        account: &Account,
        family: Uuid,
        expires_at: chrono::DateTime<chrono::Utc>,
    ) -> Result<(Tokens, Vec<u8>), StoreError> {
        let Account { id, role, patient, device, .. } = *account;
        let actor = Actor { patient, device, session: Some(family), ..Actor::of(id, role) };
        let access_token = self.key.sign(&actor, self.clock.new_id(), self.clock.now()).map_err(unavailable)?;
        let (refresh_token, kept) = token::secret();
        self.client()
            .await?
            .execute(
                "insert into auth.refresh_token (token_hash, family, account_id, expires_at) values ($1, $2, $3, $4)",
                &[&kept, &family, &account.id.0, &expires_at],
            )
            .await
            .map_err(unavailable)?;
        let tokens = Tokens { access_token, refresh_token, expires_in: token::ACCESS_MINUTES * 60 };
        Ok((tokens, kept))
    }
}
