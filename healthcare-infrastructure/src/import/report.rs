//! What became of everything that was read.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

/// The outcome of an import.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct ImportReport {
    /// Counts by resource type. In each, `read` is the sum of the others.
    pub resources: BTreeMap<String, Counts>,
    /// What was refused: resources, and files that could not be read.
    pub refusals: Vec<Refusal>,
    /// Refusals beyond those listed; they are in the counts.
    #[serde(skip_serializing_if = "is_zero")]
    pub refusals_not_listed: u64,
    /// Elements for which the record has no place, by resource type and name, and of how many resources: they are kept beside the
    /// entries and exported with them.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub kept_beside: BTreeMap<String, BTreeMap<String, u64>>,
    /// Resources by type that were kept and taken for nothing, because a `modifierExtension` or `implicitRules` changes what they mean.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub not_taken: BTreeMap<String, u64>,
}

/// What of a batch was kept and not taken.
#[derive(Debug, Default)]
pub struct Left {
    /// Resource types and the names of elements that were kept beside an entry.
    pub beside: Vec<(String, Vec<String>)>,
    /// Types of the resources whose meaning nobody knows.
    pub modified: Vec<String>,
}

/// Counts of one resource type.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = ImportCounts)]
pub struct Counts {
    /// Met in the input.
    pub read: u64,
    /// Became events, or added events to what was known.
    pub stored: u64,
    /// Said nothing that was not known.
    pub known: u64,
    /// Kept word by word, for the record has no model for them.
    pub kept: u64,
    /// Refused; see the refusals.
    pub refused: u64,
}

/// Something that was not taken in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Refusal {
    /// The file as it was named.
    pub file: String,
    /// Where in it: a JSON path, or a line of NDJSON with the path within.
    pub place: String,
    /// Why. Never what the resource held.
    pub reason: String,
}

/// What became of one resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It brought new events.
    Stored,
    /// It brought nothing new.
    Known,
    /// It was kept whole.
    Kept,
    /// It was refused.
    Refused,
}

/// Refusals listed at most: a file of a million wrong lines must not fill the memory.
const LISTED: usize = 10_000;

impl ImportReport {
    /// Notes that a resource was met.
    pub fn read(&mut self, resource_type: &str) {
        self.of(resource_type).read += 1;
    }

    /// Notes what became of a resource.
    pub fn count(&mut self, resource_type: &str, outcome: Outcome) {
        let counts = self.of(resource_type);
        match outcome {
            Outcome::Stored => counts.stored += 1,
            Outcome::Known => counts.known += 1,
            Outcome::Kept => counts.kept += 1,
            Outcome::Refused => counts.refused += 1,
        }
    }

    /// Notes what of resources was kept and not taken.
    pub fn leave(&mut self, left: Left) {
        for (resource, names) in left.beside {
            let of = self.kept_beside.entry(resource).or_default();
            for name in names {
                // The names are the source's: what FHIR never called an element is not repeated.
                let fit = name.len() <= 40 && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
                let name = if fit && of.len() < 100 { name } else { "others".to_owned() };
                *of.entry(name).or_default() += 1;
            }
        }
        for resource in left.modified {
            *self.not_taken.entry(resource).or_default() += 1;
        }
    }

    /// Lists a refusal.
    pub fn refuse(&mut self, refusal: Refusal) {
        if self.refusals.len() < LISTED { self.refusals.push(refusal) } else { self.refusals_not_listed += 1 }
    }

    /// The sums over all types.
    pub fn total(&self) -> Counts {
        self.resources.values().fold(Counts::default(), |sum, c| Counts {
            read: sum.read + c.read,
            stored: sum.stored + c.stored,
            known: sum.known + c.known,
            kept: sum.kept + c.kept,
            refused: sum.refused + c.refused,
        })
    }

    fn of(&mut self, resource_type: &str) -> &mut Counts {
        if !self.resources.contains_key(resource_type) {
            self.resources.insert(resource_type.to_owned(), Counts::default());
        }
        self.resources.entry(resource_type.to_owned()).or_default()
    }
}

/// The table people read at the end.
impl std::fmt::Display for ImportReport {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let line = |f: &mut std::fmt::Formatter<'_>, name: &str, c: Counts| {
            writeln!(f, "{name:<24}{:>10}{:>10}{:>10}{:>10}{:>10}", c.read, c.stored, c.known, c.kept, c.refused)
        };
        writeln!(f, "{:<24}{:>10}{:>10}{:>10}{:>10}{:>10}", "resource", "read", "stored", "known", "kept", "refused")?;
        for (name, counts) in &self.resources {
            line(f, name, *counts)?;
        }
        line(f, "all", self.total())?;
        for (resource, elements) in &self.kept_beside {
            let elements: Vec<String> = elements.iter().map(|(name, of)| format!("{name} ({of})")).collect();
            writeln!(f, "beside   {resource}  {}", elements.join(", "))?;
        }
        for (resource, of) in &self.not_taken {
            writeln!(f, "kept, and taken for nothing, for a modifier changes its meaning: {resource} ({of})")?;
        }
        for refusal in self.refusals.iter().take(20) {
            writeln!(f, "refused  {}  {}  {}", refusal.file, refusal.place, refusal.reason)?;
        }
        let more = u64::try_from(self.refusals.len().saturating_sub(20)).unwrap_or(u64::MAX) + self.refusals_not_listed;
        if more > 0 {
            writeln!(f, "and {more} refusals more")?;
        }
        Ok(())
    }
}

fn is_zero(n: &u64) -> bool {
    *n == 0
}
