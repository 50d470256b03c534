//! The rules beside zen-engine, datalogic-rs and json-rules-engine, on the same decision tables and the same record.
//!
//! All take turns in each round, each judges the record for a window again and again, and the median over the rounds
//! counts. Before anything is measured each must fire exactly the same rows. Prints one JSON document: for each table and
//! engine the microseconds for one record judged by the whole table.
//!
//! Usage: `healthcare-peers FOLDER-OF-NODE-MODULES`

mod datalogic;
mod node;
mod ours;
mod table;
mod zen;

use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use healthcare_dss::bench::PrescriptionCheck;
use serde_json::{Value, json};
use table::Row;

/// The product's, for all of them: what an engine allocates is part of what it costs.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

const ROUNDS: usize = 5;
const WINDOW: Duration = Duration::from_millis(400);

fn main() -> anyhow::Result<()> {
    let modules = PathBuf::from(std::env::args().nth(1).context("the folder of the node modules is not named")?);
    let mut tables = vec![];
    for (name, count, with_drugs) in [
        ("thresholds", 1_000, false),
        ("thresholds", 10_000, false),
        ("drug and threshold", 1_000, true),
        ("drug and threshold", 10_000, true),
    ] {
        let rows = table::rows(count, with_drugs);
        let engines = compare(&rows, &modules).with_context(|| format!("{name}, {count} rules"))?;
        tables.push(json!({"table": name, "rules": count, "fired": table::expected(&rows).len(), "engines": engines}));
    }
    let check = check()?;
    println!("{}", serde_json::to_string_pretty(&json!({"tables": tables, "check": check}))?);
    Ok(())
}

/// Prescription checks against 10,000 rules, over many different drafts, a draft after the other, so that none is judged twice
/// in a row: microseconds at the median and the 99th percentile, and the rules judged in a second. A rule counts as explained
/// only where its tree was made; what the index passed by is decided, and not explained.
fn check() -> anyhow::Result<Value> {
    let check = PrescriptionCheck::among(10_000).map_err(|error| anyhow::anyhow!("{error}"))?;
    let mut taken = vec![];
    let mut best = vec![f64::MAX; check.drafts()];
    let (mut rules, mut explained) = (0, 0);
    for nth in 0..check.drafts() * 40 {
        let begun = Instant::now();
        let checked = check.check(nth);
        let micros = begun.elapsed().as_secs_f64() * 1e6;
        taken.push(micros);
        let draft = &mut best[nth % check.drafts()];
        *draft = draft.min(micros);
        (rules, explained) = (rules + checked.rules, explained + checked.explained);
    }
    let seconds = taken.iter().sum::<f64>() / 1e6;
    taken.sort_by(f64::total_cmp);
    let at = |percent: usize| taken[(taken.len() * percent / 100).min(taken.len() - 1)];
    let rate = |judge: &dyn Fn(usize) -> usize| {
        let (begun, mut judged) = (Instant::now(), 0);
        for nth in 0..40 {
            judged += judge(nth);
        }
        judged as f64 / begun.elapsed().as_secs_f64()
    };
    Ok(json!({
        "prescriptions": check.drafts(),
        "looked_at": explained as f64 / taken.len() as f64,
        "p50": at(50),
        "p99": at(99),
        "slowest": best.iter().copied().fold(0.0, f64::max),
        "explained": explained as f64 / seconds,
        "decided": rules as f64 / seconds,
        "trees": rate(&|nth| check.in_full(nth)),
        "written": rate(&|nth| check.written(nth).0),
    }))
}

/// Microseconds a record, by engine.
fn compare(rows: &[Row], modules: &std::path::Path) -> anyhow::Result<Value> {
    let ours = ours::Ours::new(rows)?;
    ours.ensure_nothing_is_lacking()?;
    let zen = zen::Zen::new(rows)?;
    let datalogic = datalogic::Datalogic::new(rows)?;
    let mut node = node::Node::new(rows, modules)?;
    let expected = table::expected(rows);
    type Judge<'a> = Box<dyn Fn() -> anyhow::Result<Vec<String>> + 'a>;
    let engines: Vec<(&str, Judge<'_>)> = vec![
        ("ours, by index", Box::new(|| Ok(ours.indexed()))),
        ("ours, every tree", Box::new(|| Ok(ours.in_full()))),
        ("zen-engine, traced", Box::new(|| zen.judge(true))),
        ("zen-engine, verdicts", Box::new(|| zen.judge(false))),
        ("datalogic-rs, traced", Box::new(|| datalogic.traced())),
        ("datalogic-rs, verdicts", Box::new(|| datalogic.verdicts())),
    ];
    for (name, judge) in &engines {
        let mut fired = judge()?;
        fired.sort();
        ensure!(fired == expected, "{name} fires {} rows, not {}", fired.len(), expected.len());
    }
    // Whatever compiles while it runs has compiled.
    let warm = node.run(1.0)?;
    ensure!(warm.fired == expected, "json-rules-engine fires {} rows, not {}", warm.fired.len(), expected.len());
    let mut taken: Vec<(&str, Vec<f64>)> = engines.iter().map(|(name, _)| (*name, vec![])).collect();
    taken.push(("json-rules-engine", vec![]));
    for _ in 0..ROUNDS {
        for ((_, judge), (_, taken)) in engines.iter().zip(&mut taken) {
            let (begun, mut runs) = (Instant::now(), 0u32);
            while begun.elapsed() < WINDOW || runs == 0 {
                std::hint::black_box(judge()?);
                runs += 1;
            }
            taken.push(begun.elapsed().as_secs_f64() / f64::from(runs));
        }
        let ran = node.run(WINDOW.as_secs_f64())?;
        if let Some((_, taken)) = taken.last_mut() {
            taken.push(ran.seconds / f64::from(ran.runs));
        }
    }
    node.close()?;
    let median = |mut taken: Vec<f64>| {
        taken.sort_by(f64::total_cmp);
        taken[taken.len() / 2] * 1e6
    };
    Ok(taken
        .into_iter()
        .map(|(name, taken)| (name.to_owned(), json!(median(taken))))
        .collect::<serde_json::Map<_, _>>()
        .into())
}
