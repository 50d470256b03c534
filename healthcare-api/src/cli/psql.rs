//! `healthcare psql`.

use anyhow::Context;
use healthcare_application::audit::Fields;
use secrecy::ExposeSecret;

use super::accountable;
use crate::{config::Settings, startup};

/// Opens psql on the configured or embedded database as its owner, or runs one command. Who does, and what kind of
/// command it is, stands in the audit trail before the shell opens.
///
/// # Errors
/// When psql is not installed, the database cannot be started, or psql ends with an error.
pub async fn run(settings: &Settings, command: Option<String>) -> anyhow::Result<()> {
    let (embedded, places) = startup::locate(settings).await?;
    let url = places.owner_url.as_ref().context("DATABASE_OWNER_URL is needed: psql connects as the owner")?;
    let url: tokio_postgres::Config = url.expose_secret().parse().context("the owner's URL cannot be read")?;
    let class = command.as_deref().map_or_else(|| "interactive".into(), accountable::command_class);
    accountable::record(&places, "database_shell", Fields::Everything, &class).await?;
    let mut psql = tokio::process::Command::new("psql");
    // The password goes by the environment, never by the command line, which others can read.
    psql.env("PGPASSWORD", url.get_password().map(String::from_utf8_lossy).unwrap_or_default().as_ref());
    if let Some(tokio_postgres::config::Host::Tcp(host)) = url.get_hosts().first() {
        psql.args(["-h", host]);
    }
    psql.args(["-p", &url.get_ports().first().copied().unwrap_or(5432).to_string()]);
    psql.args(["-U", url.get_user().unwrap_or_default(), "-d", url.get_dbname().unwrap_or_default()]);
    if let Some(command) = command {
        psql.args(["-v", "ON_ERROR_STOP=1", "-c", &command]);
    }
    let status = psql.status().await.context("psql cannot be started; apt-get install postgresql-client")?;
    if let Some(embedded) = embedded {
        embedded.stop().await?;
    }
    anyhow::ensure!(status.success(), "psql ended with {status}");
    Ok(())
}
