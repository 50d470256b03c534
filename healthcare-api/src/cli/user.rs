//! `healthcare user`, and the accounts of a demonstration.

use std::{fs::OpenOptions, io::Write, os::unix::fs::OpenOptionsExt};

use anyhow::Context;
use clap::Subcommand;
use healthcare_application::Role;
use healthcare_infrastructure::access::{CreateAccountError, NewAccount};
use rand::distr::{Alphanumeric, SampleString};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use crate::{
    config::Settings,
    startup::{self, Opened},
};

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
        "  curl -X POST http://{}:{}/api/v1/auth/activate -H 'content-type: application/json' \\\n    -d '{{\"token\": \"{token}\", \"password\": \"…15 characters or more…\"}}'",
        settings.bind, settings.port
    );
    if let Some(embedded) = opened.embedded {
        embedded.stop().await?;
    }
    Ok(())
}

/// An account of a demonstration, as scripts read it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct DemoAccount {
    /// The name to sign in with.
    pub username: String,
    /// Its password.
    pub password: String,
    /// Its role.
    pub role: Role,
}

/// Makes an account for each role with a generated password, prints them, and writes them to `demo-accounts.json`
/// (0600) in the data directory. A second start finds them there.
///
/// # Errors
/// When the file cannot be read or written, or the database cannot be reached.
pub async fn demo_accounts(opened: &Opened) -> anyhow::Result<Vec<DemoAccount>> {
    let path = opened.places.data_dir.join("demo-accounts.json");
    let mut accounts: Vec<DemoAccount> = match std::fs::read(&path) {
        Ok(bytes) => serde_json::from_slice(&bytes).with_context(|| format!("{} cannot be read", path.display()))?,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => vec![],
        Err(e) => return Err(e).with_context(|| format!("{} cannot be read", path.display())),
    };
    let access = &opened.platform.access;
    for role in Role::ALL.into_iter().filter(|role| *role != Role::Patient) {
        if accounts.iter().any(|account| account.role == role) {
            continue;
        }
        let new = NewAccount { username: role.as_str().into(), role, patient: None, device: None };
        let id = match access.create_account(new).await {
            Ok(id) => id,
            Err(CreateAccountError::Taken) => continue,
            Err(e) => return Err(e.into()),
        };
        let password = Alphanumeric.sample_string(&mut rand::rng(), 20);
        let token = access.activation_token(id).await?;
        access.activate(&token, SecretString::from(password.clone())).await?;
        accounts.push(DemoAccount { username: role.as_str().into(), password, role });
    }
    let next = path.with_extension("json.new");
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&next)?;
    serde_json::to_writer_pretty(&mut file, &accounts)?;
    file.write_all(b"\n")?;
    file.sync_all()?;
    std::fs::rename(&next, &path)?;
    println!("Accounts of the demonstration (also in {}):", path.display());
    for account in &accounts {
        println!("  {:18} {}", account.username, account.password);
    }
    Ok(accounts)
}
