//! An account for each role.

use std::{
    fs::OpenOptions,
    io::Write,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use anyhow::Context;
use healthcare_application::Role;
use healthcare_domain::id::PatientId;
use healthcare_infrastructure::access::{Access, CreateAccountError, NewAccount};
use rand::distr::{Alphanumeric, SampleString};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use super::patients;
use crate::startup::Opened;

/// An account of a demonstration, as scripts read it.
#[derive(Clone, Serialize, Deserialize)]
pub struct DemoAccount {
    /// The name to sign in with.
    pub username: String,
    /// Its password.
    pub password: String,
    /// Its role.
    pub role: Role,
    /// The secret of its second factor (RFC 6238, base32), where the role needs one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub totp_secret: Option<String>,
}

/// Where a demonstration writes its accounts.
pub fn accounts_file(data_dir: &Path) -> PathBuf {
    data_dir.join("demo-accounts.json")
}

/// The accounts of a demonstration, from their file.
///
/// # Errors
/// When there is no such file, or it cannot be read.
pub fn read_accounts(file: &Path) -> anyhow::Result<Vec<DemoAccount>> {
    let bytes = std::fs::read(file)
        .with_context(|| format!("{} cannot be read; `healthcare serve --demo` writes it", file.display()))?;
    serde_json::from_slice(&bytes).with_context(|| format!("{} is not a list of accounts", file.display()))
}

/// Makes an account for each role with a generated password, prints them, and writes them to `demo-accounts.json`
/// (0600) in the data directory. A second start finds them there; a role that has lost its password gets a new account.
///
/// # Errors
/// When the file cannot be read or written, or the database cannot be reached.
pub(super) async fn ensure(opened: &Opened) -> anyhow::Result<()> {
    let file = accounts_file(&opened.places.data_dir);
    let platform = &opened.platform;
    let known = file.exists() && platform.access.count_accounts().await? > 0;
    let mut accounts = if known { read_accounts(&file)? } else { vec![] };
    let missing: Vec<_> = Role::ALL.into_iter().filter(|role| accounts.iter().all(|a| a.role != *role)).collect();
    for role in &missing {
        let patient = match role {
            Role::Patient => Some(patients::portal_patient(platform).await?),
            _ => None,
        };
        accounts.push(create(&platform.access, *role, patient).await?);
    }
    if !missing.is_empty() {
        write(&file, &accounts)?;
    }
    println!("Accounts of the demonstration (also in {}):", file.display());
    for DemoAccount { username, password, totp_secret, .. } in &accounts {
        println!("  {username:18} {password}  {}", totp_secret.as_deref().unwrap_or_default());
    }
    println!("  (name, password, and the secret of the second factor: oathtool --totp --base32 SECRET)");
    Ok(())
}

/// An account that can sign in, named after its role.
async fn create(access: &Access, role: Role, patient: Option<PatientId>) -> anyhow::Result<DemoAccount> {
    let mut username = role.as_str().to_owned();
    let id = loop {
        let new = NewAccount { username: username.clone(), role, patient, device: None };
        match access.create_account(new).await {
            Ok(id) => break id,
            // Of a start that ended before it had written the password down.
            Err(CreateAccountError::Taken) => {
                username = format!("{role}-{}", Alphanumeric.sample_string(&mut rand::rng(), 4).to_lowercase());
            }
            Err(error) => return Err(error.into()),
        }
    };
    let password = Alphanumeric.sample_string(&mut rand::rng(), 20);
    let token = access.activation_token(id).await?;
    let enrolment = access.activate(&token, SecretString::from(password.clone())).await?;
    Ok(DemoAccount { username, password, role, totp_secret: enrolment.map(|enrolment| enrolment.secret) })
}

/// Replaces the file as a whole.
fn write(file: &Path, accounts: &[DemoAccount]) -> anyhow::Result<()> {
    let next = file.with_extension("json.new");
    let write = || -> std::io::Result<()> {
        let mut out = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&next)?;
        out.write_all(&serde_json::to_vec_pretty(accounts)?)?;
        out.write_all(b"\n")?;
        out.sync_all()?;
        std::fs::rename(&next, file)
    };
    write().with_context(|| format!("{} cannot be written", file.display()))
}
