//! The telemetry gateway on its own: what `healthcare serve --only gateway` starts, as a program that does nothing else.

use healthcare_api::cli::{run_to_the_end, serve_gateway};

fn main() -> anyhow::Result<()> {
    run_to_the_end(serve_gateway())
}
