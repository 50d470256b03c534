//! The `healthcare` command.

mod accountable;
mod dss;
mod import;
mod keys;
mod migrate;
mod psql;
mod rebuild;
mod reset;
mod seal;
mod serve;
mod simulate;
mod user;
mod verify;

pub use serve::serve_gateway;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use healthcare_infrastructure::log;

use crate::{config::Settings, startup::Part};

/// The hospital's record: one binary over PostgreSQL.
#[derive(Debug, Parser)]
#[command(name = "healthcare", version, about)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Starts the server; with an embedded database unless DATABASE_URL is set.
    Serve {
        /// Starts a demonstration: an account for each role, patients, a simulator.
        #[arg(long)]
        demo: bool,
        /// Only these parts; all if absent.
        #[arg(long, value_enum, value_delimiter = ',')]
        only: Vec<Part>,
    },
    /// Brings the schema up to date.
    Migrate,
    /// Imports FHIR R4 files, beside a running server or without one.
    Import(import::ImportArgs),
    /// Keys.
    Keys {
        #[command(subcommand)]
        command: keys::KeysCommand,
    },
    /// Accounts.
    User {
        #[command(subcommand)]
        command: user::UserCommand,
    },
    /// Drives a server with simulated patients over its REST interface, and reports what came of it.
    Simulate(simulate::SimulateArgs),
    /// Empties a demonstration; refuses anything else.
    Reset {
        /// Does not ask.
        #[arg(long)]
        yes: bool,
    },
    /// Rebuilds what is derived from the events, while the old one serves.
    Rebuild {
        /// What to rebuild.
        what: rebuild::What,
    },
    /// Verifies that nothing was changed behind the record's back. Ends with 0 when all is as it was sealed, with 1 when
    /// it is not (and names the block, the row and what differs), with 2 when that cannot be told.
    Verify(verify::VerifyArgs),
    /// What seals the record.
    Seal {
        #[command(subcommand)]
        command: seal::SealCommand,
    },
    /// Decision support.
    Dss {
        #[command(subcommand)]
        command: dss::DssCommand,
    },
    /// Opens psql on the database as its owner.
    Psql {
        /// Runs one command and ends.
        #[arg(short = 'c', long)]
        command: Option<String>,
    },
}

impl Cli {
    /// Does what was asked.
    ///
    /// # Errors
    /// When it cannot be done; the message says why and what to do.
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        if let Command::Verify(args) = self.command {
            return Ok(verify::run(args).await);
        }
        if let Command::Dss { command } = self.command {
            return Ok(dss::run(command).await);
        }
        let settings = Settings::from_env()?;
        match self.command {
            Command::Serve { demo, only } => serve::run(settings, demo, only).await,
            Command::Migrate => migrate::run(&settings).await,
            Command::Import(args) => import::run(&settings, args).await,
            Command::Keys { command } => keys::run(&settings, command).await,
            Command::User { command } => user::run(&settings, command).await,
            Command::Simulate(args) => simulate::run(&settings, args).await,
            Command::Reset { yes } => reset::run(&settings, yes).await,
            Command::Rebuild { what } => rebuild::run(&settings, what).await,
            Command::Seal { command } => seal::run(&settings, command).await,
            Command::Psql { command } => psql::run(&settings, command).await,
            Command::Verify(_) | Command::Dss { .. } => Ok(()),
        }
        .map(|()| ExitCode::SUCCESS)
    }
}

/// Runs a program of ours: with its log, JSON unless a person watches, and a runtime of two threads.
///
/// # Errors
/// What the program fails with.
pub fn run_to_the_end<T>(program: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
    log::begin();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(program)
}
