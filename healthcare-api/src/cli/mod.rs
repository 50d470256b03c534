//! The `healthcare` command.

mod import;
mod migrate;
mod psql;
mod rebuild;
mod serve;
mod user;

use clap::{Parser, Subcommand};

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
    /// Accounts.
    User {
        #[command(subcommand)]
        command: user::UserCommand,
    },
    /// Rebuilds what is derived from the events, while the old one serves.
    Rebuild {
        /// What to rebuild.
        what: rebuild::What,
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
    pub async fn run(self) -> anyhow::Result<()> {
        let settings = Settings::from_env()?;
        match self.command {
            Command::Serve { demo, only } => serve::run(settings, demo, only).await,
            Command::Migrate => migrate::run(&settings).await,
            Command::Import(args) => import::run(&settings, args).await,
            Command::User { command } => user::run(&settings, command).await,
            Command::Rebuild { what } => rebuild::run(&settings, what).await,
            Command::Psql { command } => psql::run(&settings, command).await,
        }
    }
}
