//! One-time links by which somebody chooses the password of their own account.

use chrono::Duration;
use healthcare_application::StoreError;
use healthcare_domain::id::AccountId;
use secrecy::SecretString;
use uuid::Uuid;

use super::{Access, PasswordError, check_password, token};
use crate::database::unavailable;

/// How long a link lives.
const LINK_HOURS: i64 = 24;

/// Why an account was not activated.
#[derive(Debug, thiserror::Error)]
pub enum ActivationError {
    /// The link is unknown, used or expired.
    #[error("the activation link is not valid any more")]
    Refused,
    /// The password is not taken.
    #[error(transparent)]
    Password(#[from] PasswordError),
    /// The database did not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Access {
    /// A token that lets its bearer choose the account's password, once, within a day.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn activation_token(&self, account: AccountId) -> Result<String, StoreError> {
        let (secret, kept) = token::secret();
        let expires_at = self.clock.now() + Duration::hours(LINK_HOURS);
        self.client()
            .await?
            .execute(
                "insert into auth.activation (token_hash, account_id, expires_at) values ($1, $2, $3)",
                &[&kept, &account.0, &expires_at],
            )
            .await
            .map_err(unavailable)?;
        Ok(secret)
    }

    /// Sets the password of the account a token was made for.
    ///
    /// # Errors
    /// When the token is not valid any more, the password is not taken, or the database cannot be reached.
    pub async fn activate(&self, activation_token: &str, password: SecretString) -> Result<(), ActivationError> {
        check_password(&password)?;
        let hash = self.passwords.hash(password).await?;
        let mut client = self.client().await?;
        let tx = client.transaction().await.map_err(unavailable)?;
        let used = tx
            .query_opt(
                "update auth.activation set used_at = $2
                 where token_hash = $1 and used_at is null and expires_at > $2 returning account_id",
                &[&token::digest(activation_token).to_vec(), &self.clock.now()],
            )
            .await
            .map_err(unavailable)?
            .ok_or(ActivationError::Refused)?;
        let account: Uuid = used.get(0);
        tx.execute("update auth.account set password_hash = $2 where id = $1", &[&account, &hash])
            .await
            .map_err(unavailable)?;
        tx.commit().await.map_err(unavailable)?;
        Ok(())
    }
}
