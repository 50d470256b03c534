//! Emptying a demonstration.

use secrecy::{ExposeSecret, SecretString};
use tokio_postgres::Transaction;

use crate::{
    embedded::roles,
    platform::{PlatformError, PlatformSettings, migrate_as_owner},
};

/// Why nothing was emptied.
#[derive(Debug, thiserror::Error)]
pub enum ResetError {
    /// It is not marked as a demonstration.
    #[error("this database is no demonstration: nothing was emptied")]
    NotADemonstration,
    /// Servers run on it.
    #[error("a server is running on this database ({0} sessions): stop it first")]
    InUse(i64),
    /// There is no owner to connect as.
    #[error("{0} is needed to empty a demonstration: the application's role owns nothing")]
    NoOwner(&'static str),
    /// The database did not do it.
    #[error("the database did not do it")]
    Database(#[from] tokio_postgres::Error),
    /// It was emptied, and could not be made ready anew.
    #[error("the database is empty, but its schema was not made anew: run `healthcare migrate`")]
    Migrate(#[from] PlatformError),
}

/// Empties a demonstration: events, read models, telemetry, notifications, accounts, and the patients' keys. What is
/// left is what a first start would find. It removes what the owner owns and migrates anew, so that nothing can be
/// forgotten, and the database is no demonstration any more until it is marked again.
///
/// # Errors
/// When it is not marked as one, is in use, or cannot be reached as its owner: nothing was emptied then, unless
/// [`ResetError::Migrate`].
pub async fn empty_demonstration(settings: &PlatformSettings) -> Result<(), ResetError> {
    let record = settings.owner_url.as_ref().ok_or(ResetError::NoOwner("DATABASE_OWNER_URL"))?;
    let vault = settings.keys_owner_url.as_ref().ok_or(ResetError::NoOwner("KEYS_DATABASE_OWNER_URL"))?;
    let mut owner = roles::connect(record).await?;
    let tx = owner.transaction().await?;
    tx.batch_execute("set local lock_timeout = '10s'").await?;
    ensure_demonstration(&tx).await?;
    ensure_unused(&tx, &settings.database_url).await?;
    // The keys first: if it ends between the two, the record is still marked, and what is left of it unreadable.
    let mut keeper = roles::connect(vault).await?;
    let keys = keeper.transaction().await?;
    drop_everything(&keys, "vault_migration").await?;
    keys.commit().await?;
    drop_everything(&tx, "schema_migration").await?;
    tx.commit().await?;
    migrate_as_owner(settings).await?;
    Ok(())
}

async fn ensure_demonstration(tx: &Transaction<'_>) -> Result<(), ResetError> {
    let known: bool = tx.query_one("select to_regclass('system.installation') is not null", &[]).await?.get(0);
    // The row stays locked: nobody empties the same demonstration at the same time.
    let marked =
        known && tx.query_opt("select from system.installation where demonstration for update", &[]).await?.is_some();
    if marked { Ok(()) } else { Err(ResetError::NotADemonstration) }
}

/// Whether the application's role has sessions here: every server keeps some, for its ticks at least.
async fn ensure_unused(tx: &Transaction<'_>, app: &SecretString) -> Result<(), ResetError> {
    let app = app.expose_secret().parse::<tokio_postgres::Config>()?;
    let sessions: i64 = tx
        .query_one(
            "select count(*) from pg_stat_activity where datname = current_database() and usename = $1",
            &[&app.get_user().unwrap_or(roles::APP)],
        )
        .await?
        .get(0);
    if sessions == 0 { Ok(()) } else { Err(ResetError::InUse(sessions)) }
}

/// Drops every schema of the owner's, and the list of applied migrations.
async fn drop_everything(tx: &Transaction<'_>, migrations: &str) -> Result<(), tokio_postgres::Error> {
    let schemas = tx
        .query(
            "select format('drop schema %I cascade', nspname) from pg_namespace
             where nspowner = (select oid from pg_roles where rolname = current_user) and nspname <> 'public'",
            &[],
        )
        .await?;
    for schema in schemas {
        tx.batch_execute(schema.get(0)).await?;
    }
    tx.batch_execute(&format!("drop table if exists public.{migrations}")).await
}
