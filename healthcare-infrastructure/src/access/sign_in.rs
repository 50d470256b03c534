//! From a name, a password and a code to a session.

use std::time::Duration;

use healthcare_application::{StoreError, access::Strength};
use secrecy::SecretString;
use serde::Serialize;
use tokio::time::{Instant, sleep_until};

use super::{
    Access, Account, Code, Origin,
    account::Found,
    hashing::{HashingError, is_outdated},
    second_factor::{Enrolled, own},
    throttle::TooMany,
};
use crate::database::unavailable;

/// When who has tried too often is told so, from their asking on. What was looked up by then takes longer for a name that
/// exists, and longer for one that signs in often; nobody is to hear that.
const TOLD_TO_WAIT: Duration = Duration::from_millis(5);

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

/// What somebody signs in with.
#[derive(Debug, Clone)]
pub struct Credentials {
    /// The name; case does not matter.
    pub username: String,
    /// The password.
    pub password: SecretString,
    /// The second factor.
    pub code: Option<Code>,
}

/// Why nobody was signed in. Unknown, wrong and disabled are one and the same.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// Name, password and code are not those of an account that may sign in.
    #[error("the user name, password or code is wrong")]
    Refused,
    /// Name and password are right, and a code is needed too.
    #[error("a code of the second factor is needed too")]
    SecondFactorNeeded,
    /// Name and password are right, but the role needs a second factor and the account has none.
    #[error("the account has no second factor yet; ask for a new activation link")]
    SecondFactorMissing,
    /// Too many attempts of this name or from this address, or of everybody at once.
    #[error("too many attempts; try again in {0} s")]
    Throttled(u64),
    /// The database did not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<TooMany> for SignInError {
    fn from(TooMany(seconds): TooMany) -> Self {
        Self::Throttled(seconds)
    }
}

impl From<HashingError> for SignInError {
    fn from(error: HashingError) -> Self {
        match error {
            HashingError::Busy(_) => Self::Throttled(1),
            HashingError::Store(error) => error.into(),
        }
    }
}

impl Access {
    /// Signs in.
    ///
    /// # Errors
    /// When name, password and code are not those of an enabled account, there were too many attempts, or the database
    /// cannot be reached.
    pub async fn sign_in(&self, credentials: Credentials, origin: &Origin) -> Result<Tokens, SignInError> {
        let Credentials { username, password, code } = credentials;
        let asked = Instant::now();
        let found = self.find(&username, origin.address).await?;
        let known_here = found.as_ref().is_some_and(|found| found.known_here);
        let attempt = match self.throttle.begin("sign-in", &username, origin.address, known_here).await {
            Ok(attempt) => attempt,
            Err(too_many) => {
                sleep_until(asked + TOLD_TO_WAIT).await;
                return Err(too_many.into());
            }
        };
        let hash = found.as_ref().and_then(|found| found.hash.clone());
        let right = self.hashing.verify(&password, hash).await?;
        let outcome = match found {
            Some(found) if right && found.account.enabled => self.let_in(found, &password, code, origin).await,
            Some(_) | None => Err(SignInError::Refused),
        };
        match &outcome {
            Ok(_) => attempt.succeeded().await,
            // That the password was right is an attempt too: who tries passwords without a code is slowed down alike.
            Err(SignInError::Refused | SignInError::SecondFactorNeeded | SignInError::SecondFactorMissing) => {
                attempt.failed().await;
            }
            Err(SignInError::Throttled(_) | SignInError::Store(_)) => {}
        }
        outcome
    }

    /// The password was right: takes the code and opens the session, in one transaction.
    async fn let_in(
        &self,
        found: Found,
        password: &SecretString,
        code: Option<Code>,
        origin: &Origin,
    ) -> Result<Tokens, SignInError> {
        let Found { account: Account { id, .. }, hash, .. } = found;
        let mut client = self.client().await?;
        let tx = client.transaction().await.map_err(unavailable)?;
        // The one check that every way in shares; what was found before may have changed.
        let account = self.standing(&tx, id).await?.ok_or(SignInError::Refused)?;
        let same = "select from auth.credential where account_id = $1 and password_hash = $2";
        if tx.query_opt(same, &[&id.0, &hash]).await.map_err(unavailable)?.is_none() {
            return Err(SignInError::Refused);
        }
        let strength = match (self.enrolled(&tx, id).await?, code) {
            (Enrolled::No, _) if self.policy.requires(account.role) => return Err(SignInError::SecondFactorMissing),
            (Enrolled::No, _) => Strength::Password,
            // Nobody has shown it yet, and nobody has to: it does not count.
            (Enrolled::Pending, None) if !self.policy.requires(account.role) => Strength::Password,
            (Enrolled::Pending | Enrolled::Confirmed, None) => return Err(SignInError::SecondFactorNeeded),
            (Enrolled::Pending | Enrolled::Confirmed, Some(code)) => {
                let meta = own(id.0, account.role, origin.request);
                if !self.take(&tx, id, &meta, &code).await? {
                    return Err(SignInError::Refused);
                }
                Strength::SecondFactor { at: self.clock.now() }
            }
        };
        let tokens = self.begin_session(&tx, &account, strength, origin, None).await?;
        tx.commit().await.map_err(unavailable)?;
        self.store.has_appended();
        if let Some(hash) = hash.filter(|hash| is_outdated(hash)) {
            self.rehash(account, password.clone(), hash);
        }
        Ok(tokens)
    }

    /// Hashes a password anew that was hashed with less than is asked for today, once it was seen to be right.
    fn rehash(&self, account: Account, password: SecretString, old: String) {
        let access = self.clone();
        tokio::spawn(async move {
            let renewed = async {
                let new = access.hashing.hash(&password).await.map_err(|e| StoreError::Unavailable(Box::new(e)))?;
                let renew =
                    "update auth.credential set password_hash = $3 where account_id = $1 and password_hash = $2";
                access.client().await?.execute(renew, &[&account.id.0, &old, &new]).await.map_err(unavailable)
            };
            if let Err(error) = renewed.await {
                tracing::warn!(%error, "a password is hashed anew at the next sign-in");
            }
        });
    }
}
