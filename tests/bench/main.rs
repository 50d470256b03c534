//! `make bench`: what the product costs against PostgreSQL and a bare server on the same machine, in the same run.
//!
//! Every figure is a median over rounds in which both sides take turns, so that a machine that grows slow meanwhile
//! slows both. Both sides write to the same durable cluster. A goal that is missed is printed as missed.
//!
//! `bench` measures everything and writes `target/bench.json` and `docs/BENCHMARKS.md`; `bench read chart` measures
//! these parts and only prints them.

mod bare;
mod chart;
mod command;
mod footprint;
mod hospital;
mod http;
mod load;
mod machine;
mod people;
mod pgbench;
mod read;
mod report;
mod rounds;
mod rules;

use anyhow::{Context, bail};
use report::Item;

/// The parts, in the order they are measured: what wants a quiet machine first.
const PARTS: &[&str] = &["footprint", "rules", "read", "chart", "command"];

fn main() -> anyhow::Result<()> {
    let asked: Vec<String> = std::env::args().skip(1).collect();
    if let Some(unknown) = asked.iter().find(|part| !PARTS.contains(&part.as_str())) {
        bail!("there is no part {unknown:?}; there are {}", PARTS.join(", "));
    }
    let wanted = |part: &str| asked.is_empty() || asked.iter().any(|one| one == part);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(async {
        let mut items: Vec<Item> = vec![];
        if wanted("footprint") {
            items.extend(footprint::measure().await.context("footprint")?);
        }
        if wanted("rules") {
            items.extend(rules::measure().context("rules")?);
        }
        let hospital = hospital::Hospital::open().await.context("the hospital to measure")?;
        let machine = machine::Machine::of(&hospital).await?;
        if wanted("read") {
            items.extend(read::measure(&hospital).await.context("read")?);
        }
        if wanted("chart") {
            items.extend(chart::measure(&hospital).await.context("chart")?);
        }
        if wanted("command") {
            items.extend(command::measure(&hospital).await.context("command")?);
        }
        hospital.close().await?;
        report::print(&items);
        if asked.is_empty() { report::write(&machine, &items) } else { Ok(()) }
    })
}
