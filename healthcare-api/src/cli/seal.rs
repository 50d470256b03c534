//! `healthcare seal`.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Context, bail};
use clap::{Args, Subcommand};
use healthcare_application::audit::Fields;
use healthcare_infrastructure::{
    clock::SystemClock,
    database::Database,
    platform::PlatformSettings,
    seal::{Anchors, SealKeys, Sealer},
};

use super::accountable;
use crate::{config::Settings, startup};

/// How long the process that seals is waited for; it looks every five seconds.
const PATIENCE: Duration = Duration::from_secs(60);
/// How often it is looked for.
const LOOK: Duration = Duration::from_millis(500);

/// What can be done about the seals from the command line.
#[derive(Debug, Subcommand)]
pub enum SealCommand {
    /// Replaces the key that seals, beside a running server or without one: the old key signs that the new one takes over.
    RotateKey(RotateArgs),
}

/// How the key is replaced.
#[derive(Debug, Args)]
pub struct RotateArgs {
    /// The old key is lost, so that nobody can hand over: the new key is trusted because it is written down beside it.
    #[arg(long)]
    lost: bool,
}

/// Replaces the key and says what is to be kept of it.
///
/// # Errors
/// When the key files cannot be used, the record cannot be reached, or nobody hands over in time.
pub async fn run(settings: &Settings, command: SealCommand) -> anyhow::Result<()> {
    let SealCommand::RotateKey(RotateArgs { lost }) = command;
    let (embedded, places) = startup::locate(settings).await?;
    let result = replace(settings, &places, lost).await;
    if let Some(embedded) = embedded {
        embedded.stop().await?;
    }
    result
}

async fn replace(settings: &Settings, places: &PlatformSettings, lost: bool) -> anyhow::Result<()> {
    let url = places.sealer_url.as_ref().context("DATABASE_SEALER_URL is needed: nothing is sealed without it")?;
    let how = if lost { "the old one is lost" } else { "handed over" };
    accountable::record(places, "replace_seal_key", Fields::System, how).await?;
    let keys = SealKeys::at(&settings.seal_key);
    let anchors = Anchors { file: Some(settings.anchor_file.clone()), url: settings.anchor_url.clone() };
    let sealer = Sealer::new(Database::connect(url, 1)?, keys.clone(), Arc::new(SystemClock), anchors);
    if lost { replace_lost(&sealer).await } else { hand_over(settings, &keys, &sealer).await }
}

async fn hand_over(settings: &Settings, keys: &SealKeys, sealer: &Sealer) -> anyhow::Result<()> {
    let next = keys.announce().context("no key can be made beside HEALTHCARE_SEAL_KEY")?;
    let digits: String = next.iter().map(|byte| format!("{byte:02x}")).collect();
    println!("The key {digits} is to take over.");
    let deadline = Instant::now() + PATIENCE;
    // Whoever holds the lock hands over: a running server, or this process.
    while keys.current().ok().is_none_or(|current| current.public() != next) {
        sealer.seal().await.context("the hand-over was not sealed; the rotation goes on once that is mended")?;
        if Instant::now() > deadline {
            bail!("nobody has sealed the hand-over yet: look at the log of the server; the rotation goes on by itself");
        }
        tokio::time::sleep(LOOK).await;
    }
    println!("It seals. The key before lies beside {}: take it to a safe place.", settings.seal_key.display());
    for trusted in keys.trusted()? {
        println!("Verification begins with --key {trusted}, as before, and follows each hand-over.");
    }
    Ok(())
}

async fn replace_lost(sealer: &Sealer) -> anyhow::Result<()> {
    let trusted = sealer.replace_lost_key().await?;
    sealer.seal().await.context("the first block of the new key was not sealed")?;
    println!("A new key seals, and nobody has handed over to it. Whoever verifies elsewhere has to be told to trust");
    let all: Vec<String> = trusted.iter().map(|key| format!("--key {key}")).collect();
    println!("  healthcare verify {}", all.join(" "));
    println!("Compare the first key with what was noted of it, and the newest block with its anchor.");
    Ok(())
}
