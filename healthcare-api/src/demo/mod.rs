//! A demonstration: an account for each role, patients at every stage of the pathway, devices on some, and a gentle
//! simulator behind two of them. Everything goes through the use cases, as it would in a hospital.

mod accounts;
mod patients;
mod pulse;

pub use accounts::{DemoAccount, accounts_file, read_accounts};

use anyhow::Context;
use healthcare_application::StoreError;
use healthcare_domain::alert::Priority;
use healthcare_infrastructure::{
    escalation::{Ladder, set_ladder},
    installation::{self, Demonstration},
    platform::Platform,
};
use healthcare_telemetry_gateway::transport::Transport;
use tokio_util::sync::CancellationToken;

use crate::startup::Opened;

/// Marks the database as a demonstration, shortens the ladder of escalation, and makes the accounts: what must be there
/// before anybody signs in. A second start finds all of it.
///
/// # Errors
/// When the database holds real data, cannot be reached, or the accounts' file cannot be written.
pub async fn prepare(opened: &Opened) -> anyhow::Result<Demonstration> {
    let platform = &opened.platform;
    let demonstration = installation::mark_demonstration(&platform.db)
        .await
        .context("--demo makes a demonstration of an empty database only; start without it, or set another HEALTHCARE_DATA_DIR or DATABASE_URL")?;
    for priority in [Priority::High, Priority::Medium] {
        set_ladder(&platform.db, priority, Ladder::DEMO).await?;
    }
    accounts::ensure(opened).await?;
    Ok(demonstration)
}

/// Puts the patients in place where they are not yet, then lets two of them live until told to stop.
pub async fn run(platform: Platform, telemetry: Transport, demonstration: Demonstration, stop: CancellationToken) {
    if !demonstration.furnished {
        match furnish(&platform).await {
            Ok(()) => tracing::info!("the demonstration is furnished"),
            // What is in place stays; the next start goes on from there.
            Err(error) => {
                tracing::error!(error = &*error as &dyn std::error::Error, "the demonstration is not complete")
            }
        }
    }
    pulse::run(&telemetry, &*platform.app.clock, stop).await;
}

async fn furnish(platform: &Platform) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    patients::furnish(platform).await?;
    installation::furnished(&platform.db).await.map_err(|error: StoreError| error.into())
}
