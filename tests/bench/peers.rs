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

/// Prescriptions against 10,000 rules.
#[derive(Deserialize)]
struct Check {
    /// Of different prescriptions, each checked once a round.
    prescriptions: usize,
    /// Rules that were looked at in full, on average.
    looked_at: f64,
    /// Microseconds for one.
    p50: f64,
    p99: f64,
    /// The slowest prescription: the best of its rounds.
    slowest: f64,
    /// Rules a second, of those that were looked at in full: each with its tree, and the way to find them included.
    explained: f64,
    /// Rules a second, those among them that were passed by.
    decided: f64,
    /// Rules a second where every one of the 10,000 is judged with its tree.
    trees: f64,
    /// The same, and each judgement written as JSON.
    written: f64,
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
    let of = |what: &str| format!("{} prescriptions against 10,000 rules, {what}", check.prescriptions);
    let (most, least) = (Some(Goal::AtMost(1_000.0)), Some(Goal::AtLeast(1e6)));
    items.extend([
        figure(&of("median"), "µs", check.p50, None),
        figure(&of("p99"), "µs", check.p99, most),
        figure(&of("the slowest of them"), "µs", check.slowest, None),
        figure("of 10,000 rules, looked at in full a prescription", "rules", check.looked_at, None),
        figure(
            "of 10,000 rules, those looked at in full, each with its tree, one thread",
            "rules/s",
            check.explained,
            least,
        ),
        figure("10,000 rules decided, most of them passed by, one thread", "rules/s", check.decided, None),
        figure("10,000 rules, every one judged with its tree, one thread", "rules/s", check.trees, least),
        figure("the same, each judgement written as JSON, one thread", "rules/s", check.written, None),
    ]);
    Ok(items)
}

/// Each of the others against us as we judge, and as we judge when every tree is wanted.
fn items(table: &Table) -> Vec<Item> {
    let (ours, others): (Vec<_>, Vec<_>) = table.engines.iter().partition(|(name, _)| name.starts_with("ours"));
    let against = |(name, theirs): &(&String, &f64)| {
        ours.iter()
            .map(|(way, ours)| {
                // Who does not say why is no measure for every tree; by index we are to be ahead of each.
                let explains = name.contains("traced") || name.starts_with("json-rules-engine");
                let goal = (way.contains("index") || explains).then_some(Goal::RatioAtMost(1.0));
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
