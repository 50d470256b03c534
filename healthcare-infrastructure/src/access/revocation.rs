//! What has ended before its time, heard by every node within a second: sessions, the tokens without a session of
//! accounts, and what programs got by a secret or certificate that was taken from them. A request looks in memory. What was read longer ago than [`FRESH`] is not trusted: then the database is
//! asked, and where it does not answer either, nobody is let in.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
    time::{Duration, Instant},
};

use chrono::{DateTime, Utc};
use healthcare_application::{Actor, StoreError};
use healthcare_domain::id::AccountId;
use secrecy::SecretString;
use tokio::sync::{Notify, watch};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::Access;
use crate::database::{Database, signal, unavailable};

/// How long what was read is trusted.
const FRESH: Duration = Duration::from_secs(2);
/// How often it is read without a wake-up.
const LOOK: Duration = Duration::from_millis(900);
/// How long what has ended is remembered: longer than an access token lives.
const REMEMBERED: Duration = Duration::from_secs(20 * 60);
/// How often what nobody needs any more is removed.
const TIDY: Duration = Duration::from_secs(10 * 60);
/// How long a reading may take.
const PATIENCE: Duration = Duration::from_secs(2);

/// Whether a token still stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    Stands,
    Ended,
    NotKnown,
}

/// What has ended. Cheap to clone.
#[derive(Clone, Default)]
pub(super) struct Revocations {
    known: Arc<RwLock<Known>>,
    changed: Arc<watch::Sender<u64>>,
    wanted: Arc<Notify>,
}

#[derive(Default)]
struct Known {
    /// Sessions, and credentials of programs.
    sessions: HashMap<Uuid, Instant>,
    accounts: HashMap<AccountId, DateTime<Utc>>,
    /// When the last reading that succeeded was begun.
    read_at: Option<Instant>,
    /// All transactions before this one were seen.
    horizon: Option<String>,
}

/// One thing that has ended.
struct Ended {
    account: AccountId,
    session: Option<Uuid>,
    at: DateTime<Utc>,
}

impl Revocations {
    /// Asks for a reading soon.
    pub(super) fn look(&self) {
        self.wanted.notify_one();
    }

    /// Ticks whenever something has ended.
    pub(super) fn changes(&self) -> watch::Receiver<u64> {
        self.changed.subscribe()
    }

    fn standing(&self, actor: &Actor, issued_at: DateTime<Utc>) -> Standing {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        if known.read_at.is_none_or(|at| at.elapsed() > FRESH) {
            return Standing::NotKnown;
        }
        let ended = match actor.session {
            Some(session) => known.sessions.contains_key(&session),
            // Tokens say in whole seconds when they were made out; within the same one it counts as before.
            None => {
                let until = known.accounts.get(&actor.account);
                until.is_some_and(|at| issued_at.timestamp() <= at.timestamp())
                    || actor.credential.is_some_and(|credential| known.sessions.contains_key(&credential))
            }
        };
        if ended { Standing::Ended } else { Standing::Stands }
    }

    /// Reads what is new.
    async fn read(&self, db: &Database) -> Result<(), StoreError> {
        let begun = Instant::now();
        let horizon = self.known.read().unwrap_or_else(PoisonError::into_inner).horizon.clone();
        let which = match &horizon {
            Some(_) => "r.transaction >= $1::text::xid8",
            None => "$1::text is null and r.at > clock_timestamp() - interval '20 minutes'",
        };
        // What was not yet committed when it was last looked has a transaction that is not before the horizon.
        let select = format!(
            "select pg_snapshot_xmin(pg_current_snapshot())::text, r.account_id, r.session_id, r.at
             from (values (1)) one left join auth.revocation r on {which}"
        );
        let client = db.get().await?;
        let select = client.prepare_cached(&select).await.map_err(unavailable)?;
        let rows = client.query(&select, &[&horizon]).await.map_err(unavailable)?;
        let next = rows.first().map(|row| row.get::<_, String>(0));
        let ended = rows.iter().filter_map(|row| {
            let account = AccountId(row.get::<_, Option<Uuid>>(1)?);
            Some(Ended { account, session: row.get(2), at: row.get(3) })
        });
        self.take(begun, next, ended);
        Ok(())
    }

    fn take(&self, begun: Instant, horizon: Option<String>, ended: impl Iterator<Item = Ended>) {
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        let mut new = false;
        for Ended { account, session, at } in ended {
            match session {
                Some(session) => new |= known.sessions.insert(session, begun).is_none(),
                None => {
                    let last = known.accounts.entry(account).or_insert(DateTime::<Utc>::MIN_UTC);
                    new |= *last < at;
                    *last = at.max(*last);
                }
            }
        }
        known.sessions.retain(|_, heard| begun.duration_since(*heard) < REMEMBERED);
        known.read_at = Some(begun);
        known.horizon = horizon;
        drop(known);
        if new {
            self.changed.send_modify(|epoch| *epoch += 1);
        }
    }
}

impl Access {
    /// As [`Access::verify`] looks, for what outlives a request: whether the sign-in of a token that expires at `until`
    /// still stands.
    ///
    /// # Errors
    /// When that cannot be found out.
    pub async fn still_stands(&self, actor: &Actor, until: DateTime<Utc>) -> Result<bool, StoreError> {
        self.stands(actor, until - chrono::Duration::minutes(super::token::ACCESS_MINUTES)).await
    }

    /// Whether a token's session, account and role still are what it says.
    ///
    /// # Errors
    /// When neither what was heard is fresh nor the database answers: then nobody knows, and nobody is let in.
    pub(super) async fn stands(&self, actor: &Actor, issued_at: DateTime<Utc>) -> Result<bool, StoreError> {
        match self.revocations.standing(actor, issued_at) {
            Standing::Stands => Ok(true),
            Standing::Ended => Ok(false),
            Standing::NotKnown => {
                metrics::counter!("healthcare_revocation_fallbacks_total").increment(1);
                self.stands_in_database(actor, issued_at).await
            }
        }
    }

    async fn stands_in_database(&self, actor: &Actor, issued_at: DateTime<Utc>) -> Result<bool, StoreError> {
        if actor.scopes.is_some() {
            return self.program_stands_in_database(actor, issued_at).await;
        }
        let select = "select exists (select from auth.account a where a.id = $1 and a.enabled and a.role = $2
                 and a.patient_id is not distinct from $3 and a.device_id is not distinct from $4
                 and ($5::uuid is null or exists (select from auth.session s
                     where s.id = $5 and s.account_id = a.id and s.ended_at is null))
                 and ($5::uuid is not null or not exists (select from auth.revocation r
                     where r.account_id = a.id and r.session_id is null and date_trunc('second', r.at) >= $6)))";
        let client = self.client().await?;
        let select = client.prepare_cached(select).await.map_err(unavailable)?;
        let (patient, device) = (actor.patient.map(|patient| patient.0), actor.device.map(|device| device.0));
        let role = actor.role.as_str();
        let row = client
            .query_one(&select, &[&actor.account.0, &role, &patient, &device, &actor.session, &issued_at])
            .await
            .map_err(unavailable)?;
        Ok(row.get(0))
    }

    /// As [`Access::stands_in_database`], of a program: it has no session, and what it is stands in its stream.
    async fn program_stands_in_database(&self, actor: &Actor, issued_at: DateTime<Utc>) -> Result<bool, StoreError> {
        let select = "select exists (select from auth.service_account s where s.id = $1 and not exists
                 (select from auth.revocation r where r.account_id = s.id
                     and (r.session_id = $3 or r.session_id is null and date_trunc('second', r.at) >= $2)))";
        let client = self.client().await?;
        let select = client.prepare_cached(select).await.map_err(unavailable)?;
        let parameters: [&(dyn tokio_postgres::types::ToSql + Sync); 3] =
            [&actor.account.0, &issued_at, &actor.credential];
        Ok(client.query_one(&select, &parameters).await.map_err(unavailable)?.get(0))
    }

    /// Ticks whenever something has ended on any node: what outlives a request looks again then.
    pub fn endings(&self) -> watch::Receiver<u64> {
        self.revocations.changes()
    }

    /// Hears what has ended on any node, and tells when sessions were last used, until told to stop. `url` is the
    /// application's, for the session that waits for wake-ups.
    pub async fn follow(self, url: SecretString, stop: CancellationToken) {
        let told = signal(url, &["access"], stop.clone());
        let mut tidied = Instant::now();
        let mut reachable = true;
        while !stop.is_cancelled() {
            let read = tokio::time::timeout(PATIENCE, self.revocations.read(&self.db)).await;
            let failed = match read {
                Ok(Ok(())) => None,
                Ok(Err(error)) => Some(error.to_string()),
                Err(_) => Some("the database does not answer in time".to_owned()),
            };
            if let Some(error) = failed.as_ref().filter(|_| reachable) {
                tracing::error!(error, "what was revoked cannot be read; each request asks the database itself");
            }
            reachable = failed.is_none();
            self.keys.look_again();
            if reachable {
                self.tell_seen().await;
                if tidied.elapsed() > TIDY {
                    tidied = Instant::now();
                    self.tidy().await;
                }
            }
            tokio::select! {
                () = stop.cancelled() => {}
                () = told.notified() => {}
                () = self.revocations.wanted.notified() => {}
                () = tokio::time::sleep(LOOK) => {}
            }
        }
        self.tell_seen().await;
    }

    /// Removes what no token can refer to any more.
    async fn tidy(&self) {
        let tidied = async {
            let client = self.client().await?;
            let over = "delete from auth.revocation where at < clock_timestamp() - interval '1 hour'";
            client.execute(over, &[]).await.map_err(unavailable)
        };
        if let Err(error) = tidied.await {
            tracing::warn!(%error, "old revocations are removed later");
        }
    }
}

#[cfg(test)]
mod tests {
    use healthcare_application::Role;

    use super::*;

    fn ended(account: AccountId, session: Option<Uuid>, at: DateTime<Utc>) -> Ended {
        Ended { account, session, at }
    }

    /// SECURITY 34: what was not read, or not lately, is not taken for permission.
    #[test]
    fn what_is_not_known_is_not_trusted() {
        let revocations = Revocations::default();
        let now = DateTime::UNIX_EPOCH;
        let (account, session) = (AccountId(Uuid::from_u128(1)), Uuid::from_u128(2));
        let actor = Actor { session: Some(session), ..Actor::of(account, Role::Nurse) };
        assert_eq!(revocations.standing(&actor, now), Standing::NotKnown);
        revocations.take(Instant::now(), None, std::iter::empty());
        assert_eq!(revocations.standing(&actor, now), Standing::Stands);
        let long_ago = Instant::now().checked_sub(FRESH * 2).expect("the machine is up for longer");
        revocations.take(long_ago, None, std::iter::empty());
        assert_eq!(revocations.standing(&actor, now), Standing::NotKnown);
    }

    #[test]
    fn what_was_got_by_a_secret_ends_with_it() {
        let revocations = Revocations::default();
        let (account, secret) = (AccountId(Uuid::from_u128(1)), Uuid::from_u128(2));
        let by = |credential| Actor { credential, ..Actor::of(account, Role::Device) };
        let at = DateTime::UNIX_EPOCH;
        revocations.take(Instant::now(), None, std::iter::once(ended(account, Some(secret), at)));
        assert_eq!(revocations.standing(&by(Some(secret)), at), Standing::Ended);
        assert_eq!(revocations.standing(&by(Some(Uuid::from_u128(3))), at), Standing::Stands);
        assert_eq!(revocations.standing(&by(None), at), Standing::Stands);
        // The whole account ends whatever it was got by.
        revocations.take(Instant::now(), None, std::iter::once(ended(account, None, at)));
        assert_eq!(revocations.standing(&by(Some(Uuid::from_u128(3))), at), Standing::Ended);
    }

    #[test]
    fn a_session_ends_alone_and_an_account_by_time() {
        let revocations = Revocations::default();
        let heard = revocations.changes();
        let (account, session) = (AccountId(Uuid::from_u128(1)), Uuid::from_u128(2));
        let at: DateTime<Utc> = "2026-11-21T10:00:00.7Z".parse().unwrap();
        let seconds = |n| at + chrono::Duration::seconds(n);
        let of = |session| Actor { session, ..Actor::of(account, Role::Device) };
        revocations.take(
            Instant::now(),
            None,
            [ended(account, Some(session), at), ended(account, None, at)].into_iter(),
        );
        assert!(heard.has_changed().unwrap());
        assert_eq!(revocations.standing(&of(Some(session)), seconds(9)), Standing::Ended);
        assert_eq!(revocations.standing(&of(Some(Uuid::from_u128(3))), at), Standing::Stands);
        assert_eq!(revocations.standing(&of(None), at), Standing::Ended);
        assert_eq!(revocations.standing(&of(None), seconds(1)), Standing::Stands);
    }
}
