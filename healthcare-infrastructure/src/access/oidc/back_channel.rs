//! The issuer tells that somebody's session has ended there; what was begun from it ends here, on every node.

use chrono::{DateTime, Duration, Utc};
use deadpool_postgres::Transaction;
use healthcare_application::{Actor, Role, StoreError, audit::Entry};
use healthcare_domain::id::AccountId;
use uuid::Uuid;

use super::{
    SingleSignOn, SsoError, id_token,
    logout_token::{self, LogoutClaims},
};
use crate::{access::session::AtProvider, audit::insert, database::unavailable};

/// How long a logout is remembered beyond its token: longer than a sign-in may be under way.
const REMEMBERED: i64 = 60;

impl SingleSignOn {
    /// Takes a logout token: ends the sessions that were begun from the session it names, or all of the person's. Each of
    /// them is in the trail by what `entry` says of whose it was and when, or none has ended. Answers how many they were;
    /// none where nothing was open. A token counts once.
    ///
    /// # Errors
    /// When the token is not one of the issuer's that tells of a logout, was taken before, or the issuer or the database
    /// does not answer.
    pub async fn log_out(&self, token: &str, entry: impl Fn(Actor, DateTime<Utc>) -> Entry) -> Result<usize, SsoError> {
        let header = id_token::header(token)?;
        let key = self.provider.key(header.kid.as_deref()).await?;
        let (issuer, now) = (self.settings.issuer.as_str(), self.clock.now());
        let claims = logout_token::verify(token, &header, &key, (issuer, &self.settings.client_id), now)?;
        let mut client = self.db.get().await?;
        let tx = client.transaction().await.map_err(unavailable)?;
        exclude(&tx, issuer, claims.sid.as_deref(), claims.sub.as_deref()).await?;
        remember(&tx, issuer, &claims, now).await?;
        let mut ended = vec![];
        for (session, account, subject, role) in open_sessions(&tx, issuer, &claims).await? {
            if claims.sub.as_ref().is_some_and(|sub| *sub != subject) {
                return Err(SsoError::Refused("it names a session of somebody else"));
            }
            let end = "select auth.end_sessions($1, $2, null, 'ended at the provider')";
            tx.execute(end, &[&account.0, &session]).await.map_err(unavailable)?;
            ended.push(entry(Actor { session: Some(session), ..Actor::of(account, role) }, now));
        }
        let many = ended.len();
        if many > 0 {
            let statement = insert(ended);
            tx.execute(statement.sql, &statement.params()).await.map_err(unavailable)?;
        }
        tx.commit().await.map_err(unavailable)?;
        self.access.hear();
        Ok(many)
    }
}

/// Whether a sign-in comes too late: its session at the issuer has ended meanwhile.
pub(in crate::access) async fn has_ended(tx: &Transaction<'_>, of: &AtProvider<'_>) -> Result<bool, StoreError> {
    exclude(tx, of.issuer, of.sid, Some(of.subject)).await?;
    let ended = "select exists (select from auth.oidc_logout
        where issuer = $1 and (sid = $2 or (sid is null or $2::text is null) and subject = $3 and issued_at >= $4))";
    let row = tx.query_one(ended, &[&of.issuer, &of.sid, &of.subject, &of.issued_at]).await.map_err(unavailable)?;
    Ok(row.get(0))
}

/// Lets nobody else begin or end what these names stand for, until the transaction is over: of a sign-in and a logout at
/// the same moment one sees the other. Always in this order.
async fn exclude(
    tx: &Transaction<'_>,
    issuer: &str,
    sid: Option<&str>,
    subject: Option<&str>,
) -> Result<(), StoreError> {
    for (class, name) in [(171_i32, sid), (172, subject)] {
        let Some(name) = name else { continue };
        let lock = "select pg_advisory_xact_lock($1, hashtext($2::text || ' ' || $3::text))";
        tx.query_one(lock, &[&class, &issuer, &name]).await.map_err(unavailable)?;
    }
    Ok(())
}

async fn remember(
    tx: &Transaction<'_>,
    issuer: &str,
    claims: &LogoutClaims,
    now: DateTime<Utc>,
) -> Result<(), SsoError> {
    let LogoutClaims { jti, sub, sid, iat, exp, .. } = claims;
    let time = |at: i64| DateTime::from_timestamp(at, 0).ok_or(SsoError::Refused("its time is none"));
    let (issued_at, expires_at) = (time(*iat)?, time(*exp)?.max(now) + Duration::minutes(REMEMBERED));
    tx.execute("delete from auth.oidc_logout where expires_at < $1", &[&now]).await.map_err(unavailable)?;
    let insert = "insert into auth.oidc_logout (issuer, jti, sid, subject, issued_at, expires_at)
        values ($1, $2, $3, $4, $5, $6) on conflict do nothing";
    let added = tx.execute(insert, &[&issuer, jti, sid, sub, &issued_at, &expires_at]).await.map_err(unavailable)?;
    if added == 1 { Ok(()) } else { Err(SsoError::Refused("it was taken before")) }
}

/// The sessions that are open of what a token names.
async fn open_sessions(
    tx: &Transaction<'_>,
    issuer: &str,
    claims: &LogoutClaims,
) -> Result<Vec<(Uuid, AccountId, String, Role)>, StoreError> {
    // A session that was begun without a name of its own at the issuer goes by whose it is.
    let select = "select s.id, s.account_id, s.oidc_subject, a.role
        from auth.session s join auth.account a on a.id = s.account_id
        where s.oidc_issuer = $1 and s.ended_at is null
            and (s.oidc_sid = $2 or ($2::text is null or s.oidc_sid is null) and s.oidc_subject = $3) order by s.id";
    let rows = tx.query(select, &[&issuer, &claims.sid, &claims.sub]).await.map_err(unavailable)?;
    let read = |row: &tokio_postgres::Row| {
        let role: Role = row.get::<_, &str>(3).parse().map_err(|e| StoreError::Damaged(Box::new(e)))?;
        Ok((row.get(0), AccountId(row.get(1)), row.get(2), role))
    };
    rows.iter().map(read).collect()
}
