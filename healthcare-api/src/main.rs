//! The `healthcare` command.

use clap::Parser;
use healthcare_api::cli::{Cli, run_to_the_end};

/// It gives what is free back to the machine within a second, where glibc keeps it by thread for good; how it does that is
/// said in `.cargo/config.toml`.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> anyhow::Result<std::process::ExitCode> {
    let cli = Cli::parse();
    run_to_the_end(cli.run())
}
