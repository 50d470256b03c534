//! What was measured, as a table, as JSON and as the page in `docs/`.

use std::{fmt::Write as _, fs, path::PathBuf};

use anyhow::Context;
use serde::Serialize;

use crate::{machine::Machine, rounds::Sides};

/// What is to be reached.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Goal {
    /// The ratio, at least.
    RatioAtLeast(f64),
    /// The ratio, at the most.
    RatioAtMost(f64),
    /// Our figure, at least.
    AtLeast(f64),
    /// Our figure, at the most.
    AtMost(f64),
}

/// One line of the report.
#[derive(Debug, Clone, Serialize)]
pub struct Item {
    /// The part it belongs to.
    pub part: &'static str,
    /// What was measured, against what.
    pub name: String,
    /// The unit of both figures.
    pub unit: &'static str,
    /// Our figure.
    pub ours: f64,
    /// The reference's figure in the same rounds.
    pub reference: Option<f64>,
    /// The median of the rounds' ratios.
    pub ratio: Option<f64>,
    /// What is to be reached, if anything was promised.
    pub goal: Option<Goal>,
    /// Whether it was reached.
    pub met: Option<bool>,
}

impl Item {
    /// A figure on its own.
    pub fn figure(
        part: &'static str,
        name: impl Into<String>,
        unit: &'static str,
        ours: f64,
        goal: Option<Goal>,
    ) -> Self {
        Self { part, name: name.into(), unit, ours, reference: None, ratio: None, goal, met: None }.judged()
    }

    /// A figure against a reference.
    pub fn against(
        part: &'static str,
        name: impl Into<String>,
        unit: &'static str,
        sides: &Sides,
        goal: Option<Goal>,
    ) -> Self {
        let (reference, ratio) = (Some(sides.reference()), Some(sides.ratio()));
        Self { part, name: name.into(), unit, ours: sides.ours(), reference, ratio, goal, met: None }.judged()
    }

    /// A figure beside another's, both medians of the same rounds.
    pub fn beside(
        part: &'static str,
        name: impl Into<String>,
        unit: &'static str,
        ours: f64,
        theirs: f64,
        goal: Option<Goal>,
    ) -> Self {
        let (reference, ratio) = (Some(theirs), Some(ours / theirs));
        Self { part, name: name.into(), unit, ours, reference, ratio, goal, met: None }.judged()
    }

    fn judged(mut self) -> Self {
        // A figure that is none meets nothing: comparisons with NaN are false.
        self.met = self.goal.map(|goal| match goal {
            Goal::RatioAtLeast(least) => self.ratio.is_some_and(|ratio| ratio >= least),
            Goal::RatioAtMost(most) => self.ratio.is_some_and(|ratio| ratio <= most),
            Goal::AtLeast(least) => self.ours >= least,
            Goal::AtMost(most) => self.ours <= most,
        });
        self
    }

    fn cells(&self) -> [String; 6] {
        let figure = |value: f64| format!("{} {}", number(value), self.unit);
        [
            self.name.clone(),
            figure(self.ours),
            self.reference.map(figure).unwrap_or_default(),
            self.ratio.map(|ratio| format!("{ratio:.2}")).unwrap_or_default(),
            match self.goal {
                None => String::new(),
                Some(Goal::RatioAtLeast(goal)) => format!("ratio ≥ {goal}"),
                Some(Goal::RatioAtMost(goal)) => format!("ratio ≤ {goal}"),
                Some(Goal::AtLeast(goal)) => format!("≥ {}", figure(goal)),
                Some(Goal::AtMost(goal)) => format!("≤ {}", figure(goal)),
            },
            match self.met {
                None => String::new(),
                Some(true) => "met".into(),
                Some(false) => "**missed**".into(),
            },
        ]
    }
}

/// A number as people read it: three significant digits, thousands apart.
fn number(value: f64) -> String {
    if !value.is_finite() {
        return "none".into();
    }
    if value.abs() < 100.0 {
        return format!("{value:.*}", if value.abs() < 10.0 { 2 } else { 1 });
    }
    let digits = format!("{value:.0}");
    let mut grouped = String::new();
    for (n, digit) in digits.chars().enumerate() {
        if n > 0 && (digits.len() - n).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// The table, in Markdown.
fn table(items: &[Item]) -> String {
    let mut text = String::from("| item | ours | reference | ratio | goal | |\n|---|---|---|---|---|---|\n");
    for item in items {
        let _ = writeln!(text, "| {} |", item.cells().join(" | "));
    }
    text
}

/// Prints the table.
pub fn print(items: &[Item]) {
    println!("\n{}", table(items));
}

/// Writes `target/bench.json` and `docs/BENCHMARKS.md`.
///
/// # Errors
/// When a file cannot be written.
pub fn write(machine: &Machine, items: &[Item]) -> anyhow::Result<()> {
    #[derive(Serialize)]
    struct Document<'a> {
        command: &'static str,
        machine: &'a Machine,
        items: &'a [Item],
    }
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..");
    let json = serde_json::to_vec_pretty(&Document { command: "make bench", machine, items })?;
    fs::create_dir_all(root.join("target"))?;
    fs::write(root.join("target/bench.json"), json).context("target/bench.json")?;
    fs::create_dir_all(root.join("docs"))?;
    fs::write(root.join("docs/BENCHMARKS.md"), page(machine, items)).context("docs/BENCHMARKS.md")
}

fn page(machine: &Machine, items: &[Item]) -> String {
    let missed = items.iter().filter(|item| item.met == Some(false)).count();
    let goals = items.iter().filter(|item| item.met.is_some()).count();
    format!(
        "<!-- Written by `make bench`; changes by hand are lost. -->\n# Benchmarks\n\n\
         `make bench` measures all of this in one run and writes this page and `target/bench.json`.\n\n\
         {}\n\n{} of {goals} goals were met in this run{}.\n\n{}\n{}",
        machine.described(),
        goals - missed,
        if missed == 0 { "" } else { "; what was missed is marked" },
        table(items),
        include_str!("method.md"),
    )
}
