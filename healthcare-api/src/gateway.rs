//! The `healthcare-gateway` command: the gateway as a process of its own, for sites that scale it apart from the rest. It is
//! `healthcare serve --only gateway` that embeds nothing and migrates nothing, with the settings and the keys
//! (`HEALTHCARE_DATA_DIR`) of the servers whose record it uses.

use healthcare_api::cli::{run_to_the_end, serve_gateway};

/// As that of the `healthcare` command.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> anyhow::Result<()> {
    run_to_the_end(serve_gateway())
}
