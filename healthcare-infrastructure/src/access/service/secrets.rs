//! The secrets of service accounts: given away once, kept as digests.

use chrono::{DateTime, Utc};
use healthcare_application::{StoreError, order::Direction};
use healthcare_domain::id::ServiceAccountId;
use secrecy::SecretString;
use uuid::Uuid;

use super::ServiceAccounts;
use crate::{access::token, database::unavailable, views::order};

/// What secrets begin with, so that scanners of repositories find those that were checked in.
const PREFIX: &str = "hcs_";

impl ServiceAccounts {
    /// Makes a secret and keeps its digest. It opens nothing until the account's stream lists it.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn make_secret(&self, account: ServiceAccountId, id: Uuid) -> Result<SecretString, StoreError> {
        let (random, _) = token::secret();
        let secret = format!("{PREFIX}{random}");
        let sql = "insert into auth.service_secret (id, service_account, digest) values ($1, $2, $3)";
        let client = self.db.get().await?;
        client.execute(sql, &[&id, &account.0, &self.key.digest(&secret)]).await.map_err(unavailable)?;
        Ok(secret.into())
    }

    /// Whose secret it is, if anybody's.
    pub(super) async fn find_secret(&self, secret: &str) -> Result<Option<(Uuid, ServiceAccountId)>, StoreError> {
        let sql = "select id, service_account from auth.service_secret where digest = $1";
        let row = self.db.get().await?.query_opt(sql, &[&self.key.digest(secret)]).await.map_err(unavailable)?;
        Ok(row.map(|row| (row.get(0), ServiceAccountId(row.get(1)))))
    }

    /// Notes that a token was given for a secret; once a minute is enough.
    pub(super) async fn note_use(&self, secret: Uuid, now: DateTime<Utc>) -> Result<(), StoreError> {
        let sql = "update auth.service_secret set last_used_at = $2
                   where id = $1 and (last_used_at is null or last_used_at < $2::timestamptz - interval '1 minute')";
        self.db.get().await?.execute(sql, &[&secret, &now]).await.map(|_| ()).map_err(unavailable)
    }

    /// When tokens were last given for the secrets of an account.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn last_uses(&self, account: ServiceAccountId) -> Result<Vec<(Uuid, DateTime<Utc>)>, StoreError> {
        let sql = "select id, last_used_at from auth.service_secret
                   where service_account = $1 and last_used_at is not null";
        let rows = self.db.get().await?.query(sql, &[&account.0]).await.map_err(unavailable)?;
        Ok(rows.iter().map(|row| (row.get(0), row.get(1))).collect())
    }

    /// Which service accounts there are behind one, in the order they were made.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn list(
        &self,
        (after, direction): (Option<Uuid>, Direction),
        limit: u16,
    ) -> Result<Vec<ServiceAccountId>, StoreError> {
        let sql = format!(
            "select id from auth.service_account where $1::uuid is null or id {behind} $1 order by id {way} limit $2",
            behind = order::behind(direction),
            way = order::way(direction),
        );
        let rows = self.db.get().await?.query(&sql, &[&after, &i64::from(limit)]).await.map_err(unavailable)?;
        Ok(rows.iter().map(|row| ServiceAccountId(row.get(0))).collect())
    }
}
