//! Sessions: what came of one sign-in. It ends as a whole: by its time, by idleness, by its owner, by a manager.

use std::net::IpAddr;

use chrono::{DateTime, Duration, Utc};
use deadpool_postgres::Transaction;
use healthcare_application::{Actor, StoreError, access::Strength};
use healthcare_domain::id::AccountId;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{Access, Account, Tokens, token};
use crate::database::unavailable;

/// How long a session lives at the most.
pub const SESSION_HOURS: i64 = 12;
/// After how long without a request its tokens are not renewed any more.
pub const IDLE_MINUTES: i64 = 30;
/// How many sessions are listed.
const LISTED: i64 = 200;
/// How much of what a client says of itself is kept, in characters.
const AGENT: usize = 200;

/// From where somebody asks.
#[derive(Debug, Clone, Default)]
pub struct Origin {
    /// The address.
    pub address: Option<IpAddr>,
    /// What the client says it is (`User-Agent`).
    pub agent: Option<String>,
    /// The request, as it appears in logs and problems.
    pub request: Uuid,
}

/// The session at the issuer of single sign-on that one here is begun from.
#[derive(Debug, Clone, Copy)]
pub(super) struct AtProvider<'a> {
    /// The issuer.
    pub issuer: &'a str,
    /// The person there.
    pub subject: &'a str,
    /// The session there, where it is named.
    pub sid: Option<&'a str>,
    /// When the issuer said so.
    pub issued_at: DateTime<Utc>,
}

/// A session, as its owner and managers see it.
#[derive(Debug, Serialize, ToSchema)]
pub struct SessionView {
    /// Its identity.
    pub id: Uuid,
    /// When it was signed in.
    pub begun_at: DateTime<Utc>,
    /// When it was last used, within some seconds.
    pub seen_at: DateTime<Utc>,
    /// When it ends at the latest.
    pub expires_at: DateTime<Utc>,
    /// Whether a second factor was shown.
    pub second_factor: bool,
    /// From where it was signed in.
    pub address: Option<String>,
    /// With what it was signed in.
    pub agent: Option<String>,
}

impl Access {
    /// Opens a session of an account that may sign in; the first pair of its tokens. For whoever has made sure who it
    /// is in another way, such as by another house's sign-on.
    ///
    /// # Errors
    /// When the account may not sign in (any more), or the database cannot be reached.
    pub async fn open_session(
        &self,
        account: AccountId,
        strength: Strength,
        origin: &Origin,
    ) -> Result<Option<Tokens>, StoreError> {
        self.open_session_from(account, strength, origin, None).await
    }

    /// As [`Access::open_session`], from a session at the issuer of single sign-on, with which it ends. None as well where
    /// that has ended meanwhile.
    pub(super) async fn open_session_from(
        &self,
        account: AccountId,
        strength: Strength,
        origin: &Origin,
        at_provider: Option<&AtProvider<'_>>,
    ) -> Result<Option<Tokens>, StoreError> {
        let mut client = self.client().await?;
        let tx = client.transaction().await.map_err(unavailable)?;
        if let Some(of) = at_provider
            && super::oidc::has_ended(&tx, of).await?
        {
            return Ok(None);
        }
        let Some(account) = self.standing(&tx, account).await? else { return Ok(None) };
        let tokens = self.begin_session(&tx, &account, strength, origin, at_provider).await?;
        tx.commit().await.map_err(unavailable)?;
        Ok(Some(tokens))
    }

    /// The account if it may sign in, locked: whoever disables it waits for what is begun here, and ends it then.
    pub(super) async fn standing(
        &self,
        tx: &Transaction<'_>,
        account: AccountId,
    ) -> Result<Option<Account>, StoreError> {
        let select =
            format!("{} from auth.account a where a.id = $1 and a.enabled for no key update", super::account::SELECT);
        let row = tx.query_opt(&select, &[&account.0]).await.map_err(unavailable)?;
        row.map(|row| super::account::account_of(&row)).transpose()
    }

    /// Opens a session. The caller has locked the account, and seen that it may sign in.
    pub(super) async fn begin_session(
        &self,
        tx: &Transaction<'_>,
        account: &Account,
        strength: Strength,
        origin: &Origin,
        at_provider: Option<&AtProvider<'_>>,
    ) -> Result<Tokens, StoreError> {
        let (id, now) = (self.clock.new_id(), self.clock.now());
        let expires_at = now + Duration::hours(SESSION_HOURS);
        let second_factor_at = match strength {
            Strength::SecondFactor { at } => Some(at),
            Strength::Password => None,
        };
        let address = origin.address.map(|address| address.to_string());
        let agent = origin.agent.as_deref().map(|agent| agent.chars().take(AGENT).collect::<String>());
        tx.execute(
            "insert into auth.session
                (id, account_id, begun_at, seen_at, expires_at, second_factor_at, address, agent,
                 oidc_issuer, oidc_subject, oidc_sid)
             values ($1, $2, $3, $3, $4, $5, $6, $7, $8, $9, $10)",
            &[
                &id,
                &account.id.0,
                &now,
                &expires_at,
                &second_factor_at,
                &address,
                &agent,
                &at_provider.map(|of| of.issuer),
                &at_provider.map(|of| of.subject),
                &at_provider.and_then(|of| of.sid),
            ],
        )
        .await
        .map_err(unavailable)?;
        self.issue(tx, account, id, strength, expires_at).await.map(|(tokens, _)| tokens)
    }

    /// A pair of tokens, the refresh token stored under its digest.
    pub(super) async fn issue(
        &self,
        tx: &Transaction<'_>,
        account: &Account,
        session: Uuid,
        strength: Strength,
        expires_at: DateTime<Utc>,
    ) -> Result<(Tokens, Vec<u8>), StoreError> {
        let (access_token, expires_in) = self.access_token(account, session, strength, expires_at)?;
        let (refresh_token, kept) = token::secret();
        tx.execute(
            "insert into auth.refresh_token (token_hash, family, account_id, expires_at) values ($1, $2, $3, $4)",
            &[&kept, &session, &account.id.0, &expires_at],
        )
        .await
        .map_err(unavailable)?;
        Ok((Tokens { access_token, refresh_token, expires_in }, kept))
    }

    /// An access token of a session that ends then at the latest, and the seconds until it expires.
    pub(super) fn access_token(
        &self,
        account: &Account,
        session: Uuid,
        strength: Strength,
        session_ends: DateTime<Utc>,
    ) -> Result<(String, i64), StoreError> {
        let Account { id, role, patient, device, .. } = *account;
        let actor = Actor { patient, device, session: Some(session), strength, ..Actor::of(id, role) };
        let now = self.clock.now();
        let token = self.keys.sign(&actor, self.clock.new_id(), now, Some(session_ends)).map_err(unavailable)?;
        Ok((token, (token::expires_at(now, Some(session_ends)) - now).num_seconds()))
    }

    /// The open sessions of an account, the newest first.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn sessions(&self, account: AccountId) -> Result<Vec<SessionView>, StoreError> {
        let select = "select id, begun_at, seen_at, expires_at, second_factor_at is not null, address, agent
             from auth.session where account_id = $1 and ended_at is null and expires_at > $2
             order by begun_at desc, id desc limit $3";
        let client = self.client().await?;
        let rows = client.query(select, &[&account.0, &self.clock.now(), &LISTED]).await.map_err(unavailable)?;
        let view = |row: &tokio_postgres::Row| {
            let id: Uuid = row.get(0);
            let seen: DateTime<Utc> = row.get(2);
            SessionView {
                id,
                begun_at: row.get(1),
                seen_at: self.seen.of(id).map_or(seen, |here| here.max(seen)),
                expires_at: row.get(3),
                second_factor: row.get(4),
                address: row.get(5),
                agent: row.get(6),
            }
        };
        Ok(rows.iter().map(view).collect())
    }

    /// Ends one session of an account, or all. Its tokens are refused on every node within seconds. Answers how many
    /// ended.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn end_sessions(&self, account: AccountId, session: Option<Uuid>, why: &str) -> Result<i32, StoreError> {
        let client = self.client().await?;
        let end = "select auth.end_sessions($1, $2, null, $3)";
        let ended = client.query_one(end, &[&account.0, &session, &why]).await.map_err(unavailable)?.get(0);
        self.hear();
        Ok(ended)
    }

    /// Has this node hear at once of what has ended; the others hear by the database's wake-up.
    pub(super) fn hear(&self) {
        self.revocations.look();
    }
}
