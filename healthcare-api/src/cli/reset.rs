//! `healthcare reset`.

use std::io::{BufRead, IsTerminal, Write};

use anyhow::Context;
use healthcare_infrastructure::{installation, platform::PlatformSettings, seal::SealKeys};

use crate::{config::Settings, demo, startup};

/// Empties a demonstration, as the owner, after asking.
///
/// # Errors
/// When the database is no demonstration, a server runs on it, or nobody said yes.
pub async fn run(settings: &Settings, yes: bool) -> anyhow::Result<()> {
    let (embedded, places) = startup::locate(settings).await?;
    let result = reset(&places, yes).await;
    if let Some(embedded) = embedded {
        embedded.stop().await?;
    }
    result
}

async fn reset(places: &PlatformSettings, yes: bool) -> anyhow::Result<()> {
    anyhow::ensure!(yes || confirmed()?, "nothing was emptied");
    installation::empty_demonstration(places).await?;
    // Whatever they opened is gone; a token of an account that is no more must not be taken either.
    let keys = [
        "master.key",
        "token.key",
        "token.next.key",
        "token.previous.key",
        "service.key",
        "pseudonym.key",
        "anchors.ndjson",
    ]
    .map(|name| places.data_dir.join(name));
    let seals = SealKeys::at(&places.data_dir.join("seal.key")).files()?;
    for file in keys.into_iter().chain(seals).chain([demo::accounts_file(&places.data_dir)]) {
        match std::fs::remove_file(&file) {
            Err(e) if e.kind() != std::io::ErrorKind::NotFound => {
                return Err(e).with_context(|| format!("{} cannot be removed", file.display()));
            }
            _ => {}
        }
    }
    println!("The demonstration is empty. `healthcare serve --demo` furnishes a new one.");
    Ok(())
}

fn confirmed() -> anyhow::Result<bool> {
    let input = std::io::stdin();
    anyhow::ensure!(input.is_terminal(), "say --yes: there is no terminal to ask at");
    print!("All patients, events, telemetry, accounts and keys of this demonstration will be gone. Type \"empty\": ");
    std::io::stdout().flush()?;
    let mut answer = String::new();
    input.lock().read_line(&mut answer)?;
    Ok(answer.trim() == "empty")
}
