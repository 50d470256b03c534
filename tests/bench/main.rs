//! `make bench`: what the product costs against PostgreSQL and a bare server on the same machine, in the same run.
//!
//! Every figure is a median over rounds in which both sides take turns, so that a machine that grows slow meanwhile
//! slows both. Both sides write to the same durable cluster. A goal that is missed is printed as missed.
//!
//! `bench` measures everything and writes `target/bench.json` and `docs/BENCHMARKS.md`; `bench read chart` measures
//! these parts and only prints them.

mod backtest;
mod bare;
mod chart;
mod command;
mod consultation;
mod footprint;
mod hospital;
mod http;
mod import;
mod load;
mod machine;
mod peers;
mod people;
mod pgbench;
mod psql;
mod read;
mod report;
mod rounds;
mod rules;
mod seal;
mod search;
mod sign_in;
mod slots;
mod telemetry;

use anyhow::{Context, bail};
use hospital::Hospital;
use machine::Machine;
use report::Item;

/// The product's: what it allocates is part of what it costs.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// The parts, in the order they are measured: what wants a quiet machine first, and the million patients of the search when
/// all else is done, for what is compared is compared among as many.
const PARTS: &[&str] = &[
    "footprint",
    "rules",
    "read",
    "chart",
    "slots",
    "backtest",
    "consultation",
    "command",
    "seal",
    "telemetry",
    "import",
    "sign-in",
    "search",
];

fn main() -> anyhow::Result<()> {
    let asked: Vec<String> = std::env::args().skip(1).collect();
    if let Some(unknown) = asked.iter().find(|part| !PARTS.contains(&part.as_str())) {
        bail!("there is no part {unknown:?}; there are {}", PARTS.join(", "));
    }
    let wanted = |part: &str| asked.is_empty() || asked.iter().any(|one| one == part);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(async {
        let mut all = All::default();
        if wanted("footprint") {
            all.add(footprint::measure().await.context("footprint")?);
        }
        if wanted("rules") {
            all.add(rules::measure().context("rules")?);
            all.add(peers::measure().context("rules beside other engines")?);
        }
        let mut hospital = Hospital::open().await.context("the hospital to measure")?;
        let machine = Machine::of(&hospital).await?;
        if wanted("read") {
            all.add(read::measure(&hospital).await.context("read")?);
        }
        if wanted("chart") {
            hospital.renew().await?;
            all.add(chart::measure(&hospital).await.context("chart")?);
        }
        if wanted("slots") {
            hospital.renew().await?;
            all.add(slots::measure(&hospital).await.with_context(|| hospital.said("slots"))?);
        }
        if wanted("backtest") {
            hospital.renew().await?;
            all.add(backtest::measure(&hospital).await.with_context(|| hospital.said("backtest"))?);
        }
        if wanted("consultation") {
            hospital.renew().await?;
            all.add(consultation::measure(&hospital).await.with_context(|| hospital.said("consultation"))?);
        }
        if wanted("command") {
            hospital.renew().await?;
            all.add(command::measure(&hospital).await.with_context(|| hospital.said("command"))?);
        }
        if wanted("seal") {
            hospital.renew().await?;
            all.add(seal::measure(&hospital).await.with_context(|| hospital.said("seal"))?);
        }
        if wanted("telemetry") {
            hospital.renew().await?;
            all.add(telemetry::measure(&hospital).await.with_context(|| hospital.said("telemetry"))?);
        }
        if wanted("import") {
            hospital.renew().await?;
            all.add(import::measure(&hospital).await.with_context(|| hospital.said("import"))?);
        }
        if wanted("sign-in") {
            hospital.renew().await?;
            all.add(sign_in::measure(&hospital).await.with_context(|| hospital.said("sign-in"))?);
        }
        // Last: the references know of nobody of the million.
        if wanted("search") {
            hospital.renew().await?;
            all.add(search::measure(&mut hospital).await.with_context(|| hospital.said("search"))?);
        }
        hospital.close().await?;
        if asked.is_empty() { report::write(&machine, &all.0) } else { Ok(()) }
    })
}

/// All that was measured; each part is printed when it is done.
#[derive(Default)]
struct All(Vec<Item>);

impl All {
    fn add(&mut self, items: Vec<Item>) {
        report::print(&items);
        self.0.extend(items);
    }
}
