//! Signing in: accounts, passwords, second factors, sessions, tokens.

mod account;
mod activation;
mod calendar_feed;
mod hashing;
mod keys;
pub mod oidc;
mod own;
mod password;
mod record;
mod refresh;
mod revocation;
mod second_factor;
mod seen;
pub mod service;
mod session;
mod sign_in;
mod throttle;
mod token;

pub use account::{Account, CreateAccountError, NewAccount};
pub use activation::{ActivationError, LINK_HOURS, Link, LinkError};
pub use calendar_feed::{CalendarFeedError, CalendarFeedView, OpenedFeed};
pub use keys::{ANNOUNCED, KEY_FILES, TokenKeys, announce_key, sign_with_the_announced};
pub use own::{OwnError, SteppedUp};
pub use password::{Owner, PasswordError, SHORTEST_ALONE, SHORTEST_WITH_SECOND_FACTOR, check as check_password};
pub use refresh::RefreshError;
pub use second_factor::{BadSecret, Code, Enrolment, SecondFactorPolicy, totp_code};
pub use session::{IDLE_MINUTES, Origin, SESSION_HOURS, SessionView};
pub use sign_in::{Credentials, SignInError, Tokens};
pub use token::{SigningKeyError, TokenError, TokenKey};

use std::sync::Arc;

use chrono::{DateTime, Utc};
use healthcare_application::{Actor, StoreError, clock::Clock};
use moka::sync::Cache;

use crate::{database::Database, event_store::PgEventStore, shared::Shared};

/// How many verified tokens are remembered.
const VERIFIED: u64 = 20_000;

/// Accounts, their sessions and tokens over a pool of the application's role. Cheap to clone.
#[derive(Clone)]
pub struct Access {
    db: Database,
    store: PgEventStore,
    keys: TokenKeys,
    clock: Arc<dyn Clock>,
    policy: SecondFactorPolicy,
    hashing: hashing::Hashing,
    throttle: throttle::Throttle,
    revocations: revocation::Revocations,
    seen: seen::Seen,
    verified: Cache<[u8; 32], Arc<token::Verified>>,
}

impl Access {
    /// Access over this store, signing with these keys.
    pub fn new(store: PgEventStore, keys: TokenKeys, clock: Arc<dyn Clock>, shared: Shared) -> Self {
        let lives = std::time::Duration::from_secs(900);
        Self {
            db: store.database().clone(),
            store,
            keys,
            clock,
            policy: SecondFactorPolicy::default(),
            hashing: hashing::Hashing::new(),
            throttle: throttle::Throttle::new(shared),
            revocations: revocation::Revocations::default(),
            seen: seen::Seen::default(),
            verified: Cache::builder().max_capacity(VERIFIED).time_to_live(lives).build(),
        }
    }

    /// The same, asking another circle for a second factor.
    #[must_use]
    pub fn asking(self, policy: SecondFactorPolicy) -> Self {
        Self { policy, ..self }
    }

    /// Who an access token speaks for. The signature of a token that was verified before is only looked up again;
    /// whether its session still stands is looked up each time.
    ///
    /// # Errors
    /// When it is not a token of ours, has expired or was revoked, or that cannot be found out.
    pub async fn verify(&self, access_token: &str) -> Result<Actor, TokenError> {
        self.verify_until(access_token).await.map(|(actor, _)| actor)
    }

    /// As [`Access::verify`], with when the token expires, for what outlives a request.
    ///
    /// # Errors
    /// As [`Access::verify`].
    pub async fn verify_until(&self, access_token: &str) -> Result<(Actor, DateTime<Utc>), TokenError> {
        let digest = token::digest(access_token);
        let now = self.clock.now();
        let verified = match self.verified.get(&digest) {
            Some(known) => known,
            None => {
                let fresh = Arc::new(self.keys.verify(access_token, now)?);
                self.verified.insert(digest, fresh.clone());
                fresh
            }
        };
        let token::Verified { actor, issued_at, expires_at } = &*verified;
        if *expires_at <= now {
            return Err(TokenError::Expired);
        }
        match self.stands(actor, *issued_at).await {
            Ok(true) => {}
            Ok(false) => return Err(TokenError::Revoked),
            Err(error) => {
                tracing::warn!(%error, "whether a token still stands cannot be found out; it is refused");
                return Err(TokenError::Unknown);
            }
        }
        if let Some(session) = actor.session {
            self.seen.now(session, now);
        }
        Ok((actor.clone(), *expires_at))
    }

    /// Whom an access token was issued to, by its signature alone: it may have ended since.
    ///
    /// # Errors
    /// When it is not a token of ours, or has expired.
    pub fn issued_to(&self, access_token: &str) -> Result<Actor, TokenError> {
        self.keys.verify(access_token, self.clock.now()).map(|verified| verified.actor)
    }

    /// A token for a program, and the seconds until it expires.
    fn sign_for_program(&self, actor: &Actor) -> Result<(String, i64), jsonwebtoken::errors::Error> {
        let token = self.keys.sign(actor, self.clock.new_id(), self.clock.now(), None)?;
        Ok((token, token::ACCESS_MINUTES * 60))
    }

    /// The key that tokens are signed with, as a JSON Web Key Set.
    pub fn jwks(&self) -> serde_json::Value {
        self.keys.jwks()
    }

    async fn client(&self) -> Result<deadpool_postgres::Object, StoreError> {
        self.db.get().await
    }
}
