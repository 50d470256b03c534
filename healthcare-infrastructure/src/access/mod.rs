//! Signing in: accounts, passwords, tokens.

mod account;
mod activation;
pub mod oidc;
mod password;
mod refresh;
pub mod service;
mod sign_in;
mod throttle;
mod token;

pub use account::{Account, CreateAccountError, NewAccount};
pub use activation::ActivationError;
pub use password::{PasswordError, check as check_password};
pub use refresh::RefreshError;
pub use sign_in::{SignInError, Tokens};
pub use token::{SigningKeyError, TokenError, TokenKey};

use std::sync::Arc;

use chrono::{DateTime, Utc};
use healthcare_application::{Actor, StoreError, clock::Clock};
use moka::sync::Cache;

use crate::{database::Database, shared::Shared};

/// Accounts and their tokens over a pool of the application's role.
#[derive(Clone)]
pub struct Access {
    db: Database,
    key: Arc<TokenKey>,
    clock: Arc<dyn Clock>,
    shared: Shared,
    passwords: password::Passwords,
    verified: Cache<[u8; 32], Arc<token::Verified>>,
}

impl Access {
    /// Access over this pool, signing with this key.
    pub fn new(db: Database, key: TokenKey, clock: Arc<dyn Clock>, shared: Shared) -> Self {
        let verified = Cache::builder().max_capacity(20_000).time_to_live(std::time::Duration::from_secs(900)).build();
        Self { db, key: Arc::new(key), clock, shared, passwords: password::Passwords::new(), verified }
    }

    /// Who an access token speaks for. A token that was verified before is only looked up again.
    ///
    /// # Errors
    /// When it is not a token of ours, or has expired.
    pub fn verify(&self, access_token: &str) -> Result<Actor, TokenError> {
        self.verify_until(access_token).map(|(actor, _)| actor)
    }

    /// As [`Access::verify`], with when the token expires, for what outlives a request.
    ///
    /// # Errors
    /// As [`Access::verify`].
    pub fn verify_until(&self, access_token: &str) -> Result<(Actor, DateTime<Utc>), TokenError> {
        let digest = token::digest(access_token);
        let now = self.clock.now();
        let verified = match self.verified.get(&digest) {
            Some(known) => known,
            None => {
                let fresh = Arc::new(self.key.verify(access_token, now)?);
                self.verified.insert(digest, fresh.clone());
                fresh
            }
        };
        if verified.expires_at <= now {
            Err(TokenError::Expired)
        } else {
            Ok((verified.actor.clone(), verified.expires_at))
        }
    }

    /// A token for a program, and the seconds until it expires.
    fn sign_for_program(&self, actor: &Actor) -> Result<(String, i64), jsonwebtoken::errors::Error> {
        let token = self.key.sign(actor, self.clock.new_id(), self.clock.now())?;
        Ok((token, token::ACCESS_MINUTES * 60))
    }

    /// The key that tokens are signed with, as a JSON Web Key Set.
    pub fn jwks(&self) -> serde_json::Value {
        self.key.jwks()
    }

    async fn client(&self) -> Result<deadpool_postgres::Object, StoreError> {
        self.db.get().await
    }
}
