//! The `healthcare` command.

use clap::Parser;
use healthcare_api::cli::{Cli, run_to_the_end};

fn main() -> anyhow::Result<std::process::ExitCode> {
    let cli = Cli::parse();
    run_to_the_end(cli.run())
}
