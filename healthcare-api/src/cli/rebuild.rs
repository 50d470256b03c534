//! `healthcare rebuild`.

use anyhow::Context;
use clap::ValueEnum;
use healthcare_infrastructure::{
    database::Database,
    rebuild::{rebuild_read, rebuild_reporting},
    reporting::PseudonymKey,
};

use healthcare_application::audit::Fields;

use super::accountable;
use crate::{config::Settings, startup};

/// What can be rebuilt from the events.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum What {
    /// The read models that charts and lists are read from.
    Read,
    /// The tables behind the views of `reporting`.
    Reporting,
}

/// Rebuilds beside what serves, and takes its place in an instant. It works beside a running server and without one.
///
/// # Errors
/// When there is no owner to connect as, another rebuild runs, or the record does not answer; what served goes on.
pub async fn run(settings: &Settings, what: What) -> anyhow::Result<()> {
    let opened = startup::open(settings).await?;
    accountable::record(&opened.places, "rebuild", Fields::Everything, "").await?;
    let url = opened.places.owner_url.as_ref().context("DATABASE_OWNER_URL is needed to rebuild")?;
    let owner = Database::connect(url, 4)?;
    match what {
        What::Read => {
            let rebuilt = rebuild_read(&owner, opened.platform.store.codec()).await?;
            println!("Rebuilt the read models of {} streams.", rebuilt.streams);
        }
        What::Reporting => {
            let key = PseudonymKey::load_or_create(&opened.places.data_dir.join("pseudonym.key"))?;
            let vault = opened.platform.store.vault().clone();
            rebuild_reporting(&owner, vault, key, settings.time_zone).await?;
            println!("Rebuilt the reporting tables.");
        }
    }
    owner.close();
    opened.platform.db.close();
    if let Some(embedded) = opened.embedded {
        embedded.stop().await?;
    }
    Ok(())
}
