//! From a refresh token to the next pair. A token is used once; a second use ends its session, unless the successor
//! was never used: then the first answer was lost on its way.

use chrono::{DateTime, Duration, Utc};
use healthcare_application::{StoreError, access::Strength};
use healthcare_domain::id::AccountId;
use uuid::Uuid;

use super::{Access, Tokens, session::IDLE_MINUTES, token};
use crate::database::unavailable;

/// Why there are no new tokens.
#[derive(Debug, thiserror::Error)]
pub enum RefreshError {
    /// The token is unknown, used, expired or revoked, its session has ended, or its account may no longer sign in.
    #[error("the refresh token is not valid")]
    Refused,
    /// With it a session of this account ended: it was used twice, or its time is over.
    #[error("the refresh token is not valid any more: {1}")]
    Ended(AccountId, &'static str),
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
        let mut client = self.client().await?;
        let tx = client.transaction().await.map_err(unavailable)?;
        let whose = "select account_id, family from auth.refresh_token where token_hash = $1";
        let whose = tx.query_opt(whose, &[&digest]).await.map_err(unavailable)?.ok_or(RefreshError::Refused)?;
        let (account, session): (Uuid, Uuid) = (whose.get(0), whose.get(1));
        // Locks the account: two exchanges follow one another, and what the second one reads is what the first one left.
        let account = self.standing(&tx, AccountId(account)).await?.ok_or(RefreshError::Refused)?;
        let found = tx
            .query_opt(
                "select r.successor, r.revoked_at is not null, coalesce(s.successor is not null or s.revoked_at is not null, false),
                        least(r.expires_at, f.expires_at), f.seen_at, f.second_factor_at
                 from auth.refresh_token r join auth.session f on f.id = r.family
                 left join auth.refresh_token s on s.token_hash = r.successor
                 where r.token_hash = $1 and f.ended_at is null",
                &[&digest],
            )
            .await
            .map_err(unavailable)?
            .ok_or(RefreshError::Refused)?;
        let (successor, revoked, successor_used): (Option<Vec<u8>>, bool, bool) =
            (found.get(0), found.get(1), found.get(2));
        let (expires_at, seen_at, second_factor_at): (DateTime<Utc>, DateTime<Utc>, Option<DateTime<Utc>>) =
            (found.get(3), found.get(4), found.get(5));
        let now = self.clock.now();
        let idle = now - self.seen.of(session).map_or(seen_at, |here| here.max(seen_at));
        let over = if revoked || successor_used {
            metrics::counter!("healthcare_refresh_reuse_total").increment(1);
            tracing::warn!(%session, "a refresh token was used twice; its session is ended");
            Some(("a refresh token was used twice", "refresh-token-reused"))
        } else if expires_at <= now {
            Some(("expired", "session-expired"))
        } else if idle > Duration::minutes(IDLE_MINUTES) {
            Some(("idle", "session-idle"))
        } else {
            None
        };
        if let Some((why, reason)) = over {
            let end = "select auth.end_sessions($1, $2, null, $3)";
            tx.query_one(end, &[&account.id.0, &session, &why]).await.map_err(unavailable)?;
            tx.commit().await.map_err(unavailable)?;
            self.revocations.look();
            return Err(RefreshError::Ended(account.id, reason));
        }
        let strength = second_factor_at.map_or(Strength::Password, |at| Strength::SecondFactor { at });
        let (tokens, kept) = self.issue(&tx, &account, session, strength, expires_at).await?;
        tx.execute(
            "with void as (update auth.refresh_token set revoked_at = clock_timestamp() where token_hash = $3)
             update auth.refresh_token set successor = $2 where token_hash = $1",
            &[&digest, &kept, &successor],
        )
        .await
        .map_err(unavailable)?;
        tx.commit().await.map_err(unavailable)?;
        Ok(tokens)
    }
}
