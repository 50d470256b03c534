//! `healthcare keys`.

use anyhow::Context;
use clap::Subcommand;
use healthcare_application::audit::Fields;
use healthcare_infrastructure::access::{ANNOUNCED, announce_key, sign_with_the_announced};

use super::accountable;
use crate::{config::Settings, startup};

/// What can be done with keys from the command line.
#[derive(Debug, Subcommand)]
pub enum KeysCommand {
    /// Replaces the key that signs access tokens, beside running servers and without a logout.
    Rotate,
}

/// Announces a new key, waits until every node that shares the data directory knows it, and lets it sign. What the key
/// before has signed stays good until it expires.
///
/// # Errors
/// When it cannot be recorded, the files cannot be made or moved, or a rotation is under way.
pub async fn run(settings: &Settings, command: KeysCommand) -> anyhow::Result<()> {
    let KeysCommand::Rotate = command;
    let (embedded, places) = startup::locate(settings).await?;
    let recorded = accountable::record(&places, "rotate_token_key", Fields::System, "").await;
    if let Some(embedded) = embedded {
        embedded.stop().await?;
    }
    recorded?;
    let directory = &settings.data_dir;
    announce_key(directory).with_context(|| format!("no key can be announced in {}", directory.display()))?;
    println!("A new key is announced; it signs in {} s.", ANNOUNCED.as_secs());
    tokio::time::sleep(ANNOUNCED).await;
    sign_with_the_announced(directory).context("the new key cannot take over; the old one goes on signing")?;
    println!("The new key signs. The one before is recognised until the next rotation: wait 15 minutes at least.");
    Ok(())
}
