//! The database's roles: who may do what is decided here and in the migrations' grants, never by a superuser at work.

use secrecy::{ExposeSecret, SecretString};
use tokio_postgres::{Client, Error, NoTls};

/// Owns the databases and migrates them.
pub const OWNER: &str = "healthcare_owner";
/// The application's role: owns nothing, cannot change or delete events.
pub const APP: &str = "healthcare_app";
/// Reads the views of `reporting` and nothing else.
pub const REPORT: &str = "healthcare_report";
/// Seals events and audit entries: reads them, and adds blocks.
pub const SEALER: &str = "healthcare_sealer";
/// Takes backups. May not sign in until backups are set up.
pub const BACKUP: &str = "healthcare_backup";

/// The clinical record.
pub const MAIN_DATABASE: &str = "healthcare";
/// The patients' data keys: apart, so that backups of the record do not carry what opens it.
pub const KEYS_DATABASE: &str = "healthcare_keys";

/// The passwords of the roles that sign in.
pub struct RolePasswords<'a> {
    /// Of [`OWNER`].
    pub owner: &'a str,
    /// Of [`APP`].
    pub app: &'a str,
    /// Of [`REPORT`].
    pub report: &'a str,
    /// Of [`SEALER`].
    pub sealer: &'a str,
}

/// What a database is for, hence who may connect to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// The record: application, reporting, sealing, backup.
    Clinical,
    /// The patients' keys: the application alone.
    Keys,
}

/// Makes the roles, or brings existing ones to what they should be. Idempotent; `session` must be a superuser's.
///
/// # Errors
/// Whatever the database answers, such as a lacking privilege.
pub async fn prepare_roles(session: &Client, passwords: &RolePasswords<'_>) -> Result<(), Error> {
    let with_password =
        [(OWNER, passwords.owner), (APP, passwords.app), (REPORT, passwords.report), (SEALER, passwords.sealer)];
    for (role, password) in with_password {
        // SCRAM refuses an empty password, so a role without one could never sign in by accident.
        make(session, role, "login", Some(password)).await?;
    }
    if !exists(session, "select exists (select from pg_roles where rolname = $1)", BACKUP).await? {
        make(session, BACKUP, "nologin", None).await?;
    }
    session
        .batch_execute(&format!(
            "alter role {REPORT} set default_transaction_read_only = on;
             alter role {REPORT} set statement_timeout = '5min';
             alter role {REPORT} connection limit 20;"
        ))
        .await
}

async fn make(session: &Client, role: &str, login: &str, password: Option<&str>) -> Result<(), Error> {
    let statement = session
        .query_one(
            "select format(
               case when exists (select from pg_roles where rolname = $1) then 'alter role %I ' else 'create role %I ' end
               || $2::text || ' nosuperuser nocreatedb nocreaterole noreplication nobypassrls'
               || case when $3::text is null then '' else ' password %L' end, $1::text, $3::text)",
            &[&role, &login, &password],
        )
        .await?;
    session.batch_execute(statement.get(0)).await
}

/// Makes a database of the owner's if it is not there, and lets in only who needs it. Idempotent.
///
/// # Errors
/// Whatever the database answers.
pub async fn prepare_database(session: &Client, database: &str, purpose: Purpose) -> Result<(), Error> {
    if !exists(session, "select exists (select from pg_database where datname = $1)", database).await? {
        run(session, "select format('create database %I owner %I', $1::text, $2::text)", database, OWNER).await?;
    }
    restrict_connections(session, database, purpose).await
}

/// Lets into a database only the roles its purpose needs. (A copy made by `TEMPLATE` does not inherit this.)
///
/// # Errors
/// Whatever the database answers.
pub async fn restrict_connections(session: &Client, database: &str, purpose: Purpose) -> Result<(), Error> {
    run(session, "select format('revoke all on database %1$I from %2$s', $1::text, $2::text)", database, "public")
        .await?;
    let admitted: &[&str] = match purpose {
        Purpose::Clinical => &[APP, REPORT, SEALER, BACKUP],
        Purpose::Keys => &[APP],
    };
    for role in admitted {
        run(session, "select format('grant connect on database %I to %I', $1::text, $2::text)", database, role).await?;
    }
    if matches!(purpose, Purpose::Clinical) {
        // Telemetry is copied into a table of the connection first.
        run(session, "select format('grant temporary on database %I to %I', $1::text, $2::text)", database, APP)
            .await?;
    }
    Ok(())
}

/// Has the database quote two names into a statement, then runs that statement.
async fn run(session: &Client, composed_by: &str, first: &str, second: &str) -> Result<(), Error> {
    let statement = session.query_one(composed_by, &[&first, &second]).await?;
    session.batch_execute(statement.get(0)).await
}

async fn exists(session: &Client, question: &str, name: &str) -> Result<bool, Error> {
    Ok(session.query_one(question, &[&name]).await?.get(0))
}

/// A session for administration on the loopback interface, ended when it is dropped.
///
/// # Errors
/// Whatever the database answers, above all a wrong password.
pub async fn connect(url: &SecretString) -> Result<Client, Error> {
    let (client, connection) = tokio_postgres::connect(url.expose_secret(), NoTls).await?;
    tokio::spawn(connection); // its end shows as an error at the client
    Ok(client)
}
