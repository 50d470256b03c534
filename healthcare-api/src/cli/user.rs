//! `healthcare user`.

use clap::Subcommand;
use healthcare_application::Role;
use healthcare_infrastructure::access::NewAccount;

use healthcare_application::audit::Fields;

use super::accountable;
use crate::{config::Settings, startup};

/// What can be done with accounts from the command line.
#[derive(Debug, Subcommand)]
pub enum UserCommand {
    /// Makes the first administrator and prints their one-time activation link.
    Bootstrap {
        /// The name to sign in with.
        #[arg(long, default_value = "admin")]
        username: String,
    },
}

/// Does what was asked.
///
/// # Errors
/// When there are accounts already, or the database cannot be reached.
pub async fn run(settings: &Settings, command: UserCommand) -> anyhow::Result<()> {
    let UserCommand::Bootstrap { username } = command;
    let opened = startup::open(settings).await?;
    accountable::record(&opened.places, "bootstrap_account", Fields::Accounts, "").await?;
    let access = &opened.platform.access;
    anyhow::ensure!(
        access.count_accounts().await? == 0,
        "there are accounts already; an administrator makes further ones"
    );
    let account = access
        .create_account(NewAccount { username: username.clone(), role: Role::Admin, patient: None, device: None })
        .await?;
    let token = access.activation_token(account).await?;
    println!("The account {username:?} waits for its password. Within 24 hours, once:");
    println!(
        "  curl -X POST http://{}:{}/api/v1/auth/activate -H 'content-type: application/json' \\\n    -d '{{\"token\": \"{token}\", \"password\": \"…8 characters or more that nobody would guess…\"}}'",
        settings.bind, settings.port
    );
    println!(
        "The answer tells the secret of the second factor (TOTP) and recovery codes, once: put it into an authenticator."
    );
    if let Some(embedded) = opened.embedded {
        embedded.stop().await?;
    }
    Ok(())
}
