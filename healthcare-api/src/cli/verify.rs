//! `healthcare verify`.

use std::{path::PathBuf, process::ExitCode, time::Duration};

use anyhow::Context;
use clap::Args;
use healthcare_infrastructure::{
    embedded::roles,
    seal::{Anchor, Scope, SealKeys, Trusted, Verdict, read_anchors, verify},
};

use crate::{config::Settings, startup};

/// All is as it was sealed.
const CLEAN: u8 = 0;
/// Something is not.
const TAMPERED: u8 = 1;
/// Nobody can tell.
const CANNOT_TELL: u8 = 2;
/// Why a chain by itself is not the whole of it.
const NO_ANCHORS: &str = "there are no anchors, so that nobody can tell whether the last blocks were taken away with their \
    rows; name those that were kept elsewhere with --anchors";
/// How long a sealer is waited for that seems to have stopped: it looks every five seconds.
const PATIENCE: Duration = Duration::from_secs(15);

/// What is verified, and against what.
#[derive(Debug, Args)]
pub struct VerifyArgs {
    /// The anchors, as they were kept elsewhere; those of HEALTHCARE_ANCHOR_FILE if absent.
    #[arg(long)]
    anchors: Option<PathBuf>,
    /// The first block to look at.
    #[arg(long, default_value_t = 1)]
    from: i64,
    /// The public key of the first block, 64 hexadecimal digits: it stays the same when the key is replaced, hand-overs
    /// are followed. HEX@BLOCK for one that took the place of a lost key from that block on. What is written down beside
    /// HEALTHCARE_SEAL_KEY if absent.
    #[arg(long = "key", value_name = "HEX[@BLOCK]")]
    keys: Vec<Trusted>,
}

/// Verifies, prints what was found, and answers the exit code. It works beside a running server and without one.
pub async fn run(args: VerifyArgs) -> ExitCode {
    let code = match verdict(args).await {
        Ok(verdict) => report(&verdict),
        Err(error) => {
            eprintln!("cannot tell: {error:#}");
            CANNOT_TELL
        }
    };
    ExitCode::from(code)
}

async fn verdict(args: VerifyArgs) -> anyhow::Result<Verdict> {
    let settings = Settings::from_env()?;
    let (trusted, anchors) = (trusted(&args, &settings)?, anchors(&args, &settings)?);
    let without_anchors = anchors.is_empty();
    let scope = Scope { trusted, anchors, from: args.from, patience: PATIENCE };
    let (embedded, places) = startup::locate(&settings).await?;
    let url = places.sealer_url.or(places.owner_url).context("DATABASE_SEALER_URL is needed to verify")?;
    let client = roles::connect(&url).await.context("the record cannot be reached")?;
    let mut verdict = verify(&client, &scope).await;
    if let Ok(verdict) = &mut verdict
        && without_anchors
        && verdict.blocks > 0
    {
        verdict.untold.push(NO_ANCHORS.into());
    }
    drop(client);
    if let Some(embedded) = embedded {
        embedded.stop().await?;
    }
    Ok(verdict?)
}

/// The keys to trust: what was said, or what the sealer wrote down beside its key. The key that seals now stands for
/// neither: it may have been put there by whoever sealed everything anew.
fn trusted(args: &VerifyArgs, settings: &Settings) -> anyhow::Result<Vec<Trusted>> {
    if args.keys.is_empty() { Ok(SealKeys::at(&settings.seal_key).trusted()?) } else { Ok(args.keys.clone()) }
}

/// The anchors of the file that was named, or of the one the sealer appends to, if there is one.
fn anchors(args: &VerifyArgs, settings: &Settings) -> anyhow::Result<Vec<Anchor>> {
    match &args.anchors {
        Some(path) => read_anchors(path).with_context(|| path.display().to_string()),
        None if settings.anchor_file.exists() => {
            read_anchors(&settings.anchor_file).with_context(|| settings.anchor_file.display().to_string())
        }
        None => Ok(vec![]),
    }
}

fn report(verdict: &Verdict) -> u8 {
    for finding in &verdict.findings {
        println!("TAMPERED  {finding}");
    }
    for why in &verdict.untold {
        println!("CANNOT TELL  {why}");
    }
    let Verdict { findings, untold, blocks, events, entries, unsealed, anchored } = verdict;
    println!(
        "{blocks} blocks with {events} events and {entries} audit entries; {anchored} of the blocks are anchored; \
         {unsealed} rows wait to be sealed"
    );
    match (findings.is_empty(), untold.is_empty()) {
        (false, _) => TAMPERED,
        (true, false) => CANNOT_TELL,
        (true, true) => {
            println!("clean");
            CLEAN
        }
    }
}
