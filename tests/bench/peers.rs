//! The rules beside other engines: built and run by themselves, in a workspace of their own (`tests/peers`).

use std::{path::Path, process::Command};

use anyhow::{Context, ensure};
use serde::Deserialize;

use crate::report::{Goal, Item};

/// What the comparison prints: microseconds for one record judged by a whole table.
#[derive(Deserialize)]
struct Compared {
    tables: Vec<Table>,
    check: Check,
}

#[derive(Deserialize)]
struct Table {
    table: String,
    rules: usize,
    engines: std::collections::BTreeMap<String, f64>,
}

/// One prescription against 10,000 rules.
#[derive(Deserialize)]
struct Check {
    p50: f64,
    p99: f64,
    decided: f64,
    trees: f64,
}

/// Builds the comparison, fetches json-rules-engine by npm, and runs all engines in turns.
pub fn measure() -> anyhow::Result<Vec<Item>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().context("the tests have no parent")?;
    let (sources, built) = (root.join("tests/peers"), root.join("target/peers"));
    let modules = built.join("node");
    std::fs::create_dir_all(&modules)?;
    for file in ["package.json", "package-lock.json", "json-rules-engine.mjs"] {
        std::fs::copy(sources.join(file), modules.join(file)).with_context(|| file.to_owned())?;
    }
    run(Command::new("npm").args(["ci", "--no-audit", "--no-fund"]).current_dir(&modules))?;
    let manifest = sources.join("Cargo.toml");
    run(Command::new(env!("CARGO"))
        .args(["build", "--release", "--locked", "--manifest-path"])
        .arg(manifest)
        .arg("--target-dir")
        .arg(&built))?;
    let output = run(Command::new(built.join("release/healthcare-peers")).arg(&modules))?;
    let Compared { tables, check } = serde_json::from_slice(&output)?;
    let mut items: Vec<Item> = tables.iter().flat_map(items).collect();
    let figure = |name: &str, unit, ours, goal| Item::figure("rules", name, unit, ours, goal);
    items.extend([
        figure("a prescription against 10,000 rules, median", "µs", check.p50, None),
        figure("a prescription against 10,000 rules, p99", "µs", check.p99, Some(Goal::AtMost(1_000.0))),
        figure("10,000 rules decided, one thread", "rules/s", check.decided, Some(Goal::AtLeast(1e6))),
        figure("10,000 rules judged with every tree, one thread", "rules/s", check.trees, Some(Goal::AtLeast(1e6))),
    ]);
    Ok(items)
}

/// Each of the others against us as we judge, and as we judge when every tree is wanted.
fn items(table: &Table) -> Vec<Item> {
    let (ours, others): (Vec<_>, Vec<_>) = table.engines.iter().partition(|(name, _)| name.starts_with("ours"));
    let against = |(name, theirs): &(&String, &f64)| {
        ours.iter()
            .map(|(way, ours)| {
                let goal = way.contains("index").then_some(Goal::RatioAtMost(1.0));
                let name = format!("{}, {} rules: {way}, against {name}", table.table, table.rules);
                Item::beside("rules", name, "µs", **ours, **theirs, goal)
            })
            .collect::<Vec<_>>()
    };
    others.iter().flat_map(against).collect()
}

fn run(command: &mut Command) -> anyhow::Result<Vec<u8>> {
    let output = command.stderr(std::process::Stdio::inherit()).output().with_context(|| format!("{command:?}"))?;
    ensure!(output.status.success(), "{command:?}: {}", output.status);
    Ok(output.stdout)
}
