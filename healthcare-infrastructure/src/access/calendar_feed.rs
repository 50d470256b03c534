//! Addresses by which a calendar program reads when its owner is booked: shown once, kept as digests, closed by their
//! owner, and at an end with what the account may.

use chrono::{DateTime, Utc};
use healthcare_application::{Actor, Role, StoreError};
use healthcare_domain::{
    account::{AccountError, CalendarFeed},
    id::{AccountId, ResourceId},
};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{Access, Origin, record::RecordError, second_factor::own, token};
use crate::database::unavailable;

/// What the secret of an address begins with, so that scanners find those that were written down somewhere.
const PREFIX: &str = "hcf_";

/// Why no address was opened or closed.
#[derive(Debug, thiserror::Error)]
pub enum CalendarFeedError {
    /// The account is not so that it could be.
    #[error(transparent)]
    Refused(#[from] AccountError),
    /// The database did not do it.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<RecordError> for CalendarFeedError {
    fn from(error: RecordError) -> Self {
        match error {
            RecordError::Refused(refused) => Self::Refused(refused),
            RecordError::Store(error) => Self::Store(error),
        }
    }
}

/// An address that was opened, told once.
#[derive(Clone)]
pub struct OpenedFeed {
    /// Which, to close it.
    pub id: Uuid,
    /// What the address ends in: whoever knows it reads.
    pub token: String,
    /// Until when it works.
    pub expires_at: DateTime<Utc>,
}

/// An open address, without its secret.
#[derive(Debug, Serialize, ToSchema)]
pub struct CalendarFeedView {
    /// Which.
    pub id: Uuid,
    /// Whose calendar.
    pub schedule: ResourceId,
    /// Since when.
    pub opened_at: DateTime<Utc>,
    /// Until when it works.
    pub expires_at: DateTime<Utc>,
    /// When it was last read, within a minute.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_used_at: Option<DateTime<Utc>>,
}

impl Access {
    /// Opens an address for the calendar of the caller's own.
    ///
    /// # Errors
    /// When the account may have none or no more, or the database cannot be reached.
    pub async fn open_calendar_feed(
        &self,
        actor: &Actor,
        (resource, expires_at): (ResourceId, DateTime<Utc>),
        origin: &Origin,
    ) -> Result<OpenedFeed, CalendarFeedError> {
        let (id, now) = (self.clock.new_id(), self.clock.now());
        let (random, _) = token::secret();
        let token = format!("{PREFIX}{random}");
        let mut client = self.client().await?;
        let tx = client.transaction().await.map_err(unavailable)?;
        let meta = own(actor.account.0, actor.role, origin.request);
        let feed = CalendarFeed { id, resource, expires_at };
        self.record(&tx, actor.account, meta, |state| state.open_calendar_feed(feed, now)).await?;
        tx.execute(
            "insert into auth.calendar_feed (id, token_hash, account_id, resource_id, opened_at, expires_at)
             values ($1, $2, $3, $4, $5, $6)",
            &[&id, &token::digest(&token).to_vec(), &actor.account.0, &resource.0, &now, &expires_at],
        )
        .await
        .map_err(unavailable)?;
        tx.commit().await.map_err(unavailable)?;
        self.store.has_appended();
        Ok(OpenedFeed { id, token, expires_at })
    }

    /// The open addresses of an account, the newest first: ten at the most.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn calendar_feeds(&self, account: AccountId) -> Result<Vec<CalendarFeedView>, StoreError> {
        let select = "select id, resource_id, opened_at, expires_at, last_used_at from auth.calendar_feed
             where account_id = $1 and closed_at is null and expires_at > $2 order by opened_at desc, id desc";
        let client = self.client().await?;
        let rows = client.query(select, &[&account.0, &self.clock.now()]).await.map_err(unavailable)?;
        let view = |row: &tokio_postgres::Row| CalendarFeedView {
            id: row.get(0),
            schedule: ResourceId(row.get(1)),
            opened_at: row.get(2),
            expires_at: row.get(3),
            last_used_at: row.get(4),
        };
        Ok(rows.iter().map(view).collect())
    }

    /// Closes an address of the caller's own: from now on it is one that is not.
    ///
    /// # Errors
    /// When there is no such address of theirs, or the database cannot be reached.
    pub async fn close_calendar_feed(
        &self,
        actor: &Actor,
        feed: Uuid,
        origin: &Origin,
    ) -> Result<(), CalendarFeedError> {
        let mut client = self.client().await?;
        let tx = client.transaction().await.map_err(unavailable)?;
        let meta = own(actor.account.0, actor.role, origin.request);
        self.record(&tx, actor.account, meta, |state| state.close_calendar_feed(feed)).await?;
        let close = "update auth.calendar_feed set closed_at = $3
             where id = $1 and account_id = $2 and closed_at is null";
        tx.execute(close, &[&feed, &actor.account.0, &self.clock.now()]).await.map_err(unavailable)?;
        tx.commit().await.map_err(unavailable)?;
        self.store.has_appended();
        Ok(())
    }

    /// Whose address it is and whose calendar it shows; none where it works no more or never did, which look the same.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn follow_calendar_feed(&self, token: &str) -> Result<Option<(Actor, ResourceId)>, StoreError> {
        let select = "select f.id, f.resource_id, a.id, a.role
             from auth.calendar_feed f join auth.account a on a.id = f.account_id
             where f.token_hash = $1 and f.closed_at is null and f.expires_at > $2 and a.enabled";
        let (digest, now) = (token::digest(token).to_vec(), self.clock.now());
        let client = self.client().await?;
        let Some(row) = client.query_opt(select, &[&digest, &now]).await.map_err(unavailable)? else {
            return Ok(None);
        };
        let role: Role = row.get::<_, &str>(3).parse().map_err(|e| StoreError::Damaged(Box::new(e)))?;
        // Once a minute is enough.
        let used = "update auth.calendar_feed set last_used_at = $2
             where id = $1 and (last_used_at is null or last_used_at < $2::timestamptz - interval '1 minute')";
        client.execute(used, &[&row.get::<_, Uuid>(0), &now]).await.map_err(unavailable)?;
        Ok(Some((Actor::of(AccountId(row.get(2)), role), ResourceId(row.get(1)))))
    }
}
