//! From a refresh token to the next pair. A token is used once; a second use revokes its whole family, unless the
//! successor was never used: then the first answer was lost on its way.

use chrono::{DateTime, Utc};
use healthcare_application::StoreError;
use healthcare_domain::id::AccountId;
use uuid::Uuid;

use super::{Access, Tokens, token};
use crate::database::unavailable;

/// Why there are no new tokens.
#[derive(Debug, thiserror::Error)]
pub enum RefreshError {
    /// The token is unknown, used, expired or revoked, or its account may no longer sign in.
    #[error("the refresh token is not valid")]
    Refused,
    /// The database did not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Access {
    /// Exchanges a refresh token.
    ///
    /// # Errors
    /// When it is not valid any more, or the database cannot be reached.
    pub async fn refresh(&self, refresh_token: &str) -> Result<Tokens, RefreshError> {
        let digest = token::digest(refresh_token).to_vec();
        let client = self.client().await?;
        let found = client
            .query_opt(
                "select r.family, r.account_id, r.expires_at, r.revoked_at is not null, r.successor,
                        s.successor is not null or s.revoked_at is not null
                 from auth.refresh_token r left join auth.refresh_token s on s.token_hash = r.successor
                 where r.token_hash = $1",
                &[&digest],
            )
            .await
            .map_err(unavailable)?
            .ok_or(RefreshError::Refused)?;
        let (family, account, expires_at): (Uuid, Uuid, DateTime<Utc>) = (found.get(0), found.get(1), found.get(2));
        let (revoked, successor, successor_used): (bool, Option<Vec<u8>>, Option<bool>) =
            (found.get(3), found.get(4), found.get(5));
        if revoked || expires_at <= self.clock.now() {
            return Err(RefreshError::Refused);
        }
        if successor.is_some() && successor_used == Some(true) {
            self.revoke_family(family).await?;
            return Err(RefreshError::Refused);
        }
        let account = self.account(AccountId(account)).await?.filter(|a| a.enabled).ok_or(RefreshError::Refused)?;
        let (tokens, kept) = self.issue(&account, family, expires_at).await?;
        // Of two exchanges at once, one becomes the successor; the other's tokens are revoked before they are sent.
        let won = client
            .execute(
                "update auth.refresh_token set successor = $2
                 where token_hash = $1 and successor is not distinct from $3 and revoked_at is null",
                &[&digest, &kept, &successor],
            )
            .await
            .map_err(unavailable)?;
        let superseded = if won == 1 { successor } else { Some(kept) };
        if let Some(superseded) = superseded {
            client
                .execute(
                    "update auth.refresh_token set revoked_at = clock_timestamp() where token_hash = $1",
                    &[&superseded],
                )
                .await
                .map_err(unavailable)?;
        }
        if won == 1 { Ok(tokens) } else { Err(RefreshError::Refused) }
    }

    /// Ends every token of a sign-in.
    async fn revoke_family(&self, family: Uuid) -> Result<(), StoreError> {
        let client = self.client().await?;
        let sql =
            "update auth.refresh_token set revoked_at = clock_timestamp() where family = $1 and revoked_at is null";
        client.execute(sql, &[&family]).await.map(|_| ()).map_err(unavailable)
    }
}
