//! `healthcare simulate`.

use std::{path::PathBuf, sync::Arc, time::Duration};

use anyhow::Context;
use clap::Args;
use healthcare_application::Role;
use healthcare_infrastructure::clock::SystemClock;
use tokio_util::sync::CancellationToken;

use crate::{
    config::Settings,
    demo::{self, DemoAccount},
    simulate::{Plan, Scenario, Session, Staff, drive},
};

/// What is simulated, and where.
#[derive(Debug, Args)]
pub struct SimulateArgs {
    /// How many patients.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..=100_000))]
    patients: u64,
    /// Samples a second and patient; a sample is several readings.
    #[arg(long, default_value_t = 1.0, value_parser = rate)]
    rate: f64,
    /// The course the patients take.
    #[arg(long, value_enum, default_value_t = Scenario::Stable)]
    scenario: Scenario,
    /// The same seed gives the same patients and the same readings; patients and devices are found again for thirty days.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Seconds; until Ctrl-C if absent.
    #[arg(long)]
    duration: Option<f64>,
    /// The server; the one of HEALTHCARE_PORT on this machine if absent.
    #[arg(long)]
    url: Option<String>,
    /// Accounts to sign in with, as a demonstration writes them; those of HEALTHCARE_DATA_DIR if absent.
    #[arg(long)]
    accounts: Option<PathBuf>,
    /// Puts the devices on patients that are there, the first of the directory, rather than registering patients.
    #[arg(long)]
    existing: bool,
    /// Answers each alert when it is heard.
    #[arg(long)]
    acknowledge: bool,
    /// Writes the report to this file as JSON.
    #[arg(long)]
    report: Option<PathBuf>,
}

/// Drives a server with simulated patients until the time is over or Ctrl-C, and prints what came of it.
///
/// # Errors
/// When the accounts cannot be read, the server cannot be reached, or the report cannot be written.
pub async fn run(settings: &Settings, args: SimulateArgs) -> anyhow::Result<()> {
    let SimulateArgs { patients, rate, scenario, seed, duration, url, accounts, existing, acknowledge, report } = args;
    let url = url.unwrap_or_else(|| format!("http://{}:{}", settings.bind, settings.port));
    let url = url.trim_end_matches('/');
    let file = accounts.unwrap_or_else(|| demo::accounts_file(&settings.data_dir));
    let accounts = demo::read_accounts(&file)?;
    let client = reqwest::Client::builder().timeout(Duration::from_secs(30)).build()?;
    let sign_in = async |role: Role| -> anyhow::Result<Arc<Session>> {
        let account = accounts.iter().find(|account: &&DemoAccount| account.role == role);
        let account = account.with_context(|| format!("{} names no account of the role {role}", file.display()))?;
        Ok(Arc::new(Session::sign_in(client.clone(), url, account.clone()).await?))
    };
    let staff = Staff {
        nurse: sign_in(Role::Nurse).await?,
        admin: sign_in(Role::Admin).await?,
        device: sign_in(Role::Device).await?,
    };
    let stop = CancellationToken::new();
    let interrupted = stop.clone();
    tokio::spawn(async move {
        if tokio::signal::ctrl_c().await.is_ok() {
            interrupted.cancel();
        }
    });
    let duration = duration.map(Duration::try_from_secs_f64).transpose().context("--duration is in seconds")?;
    let plan = Plan { patients, rate, scenario, seed, duration, existing, acknowledge };
    let result = drive(plan, staff, Arc::new(SystemClock), stop).await?;
    print!("{result}");
    if let Some(file) = report {
        let text = serde_json::to_string_pretty(&result)?;
        std::fs::write(&file, text + "\n").with_context(|| format!("{} cannot be written", file.display()))?;
    }
    Ok(())
}

fn rate(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(rate) if (0.01..=1000.0).contains(&rate) => Ok(rate),
        Ok(_) | Err(_) => Err("0.01 to 1000 samples a second".into()),
    }
}
