//! `healthcare migrate`.

use crate::{config::Settings, startup};

/// Brings the schema up to date, as the owner.
///
/// # Errors
/// When there is no owner to connect as, or a migration fails.
pub async fn run(settings: &Settings) -> anyhow::Result<()> {
    if settings.database_url.is_some() && settings.database_owner_url.is_none() {
        anyhow::bail!("DATABASE_OWNER_URL is needed to migrate: the application's role owns nothing");
    }
    let (embedded, places) = startup::locate(settings).await?;
    healthcare_infrastructure::platform::migrate_as_owner(&places).await?;
    println!("The schema is up to date.");
    if let Some(embedded) = embedded {
        embedded.stop().await?;
    }
    Ok(())
}
