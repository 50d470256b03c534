//! What a simulation came to.

use std::{collections::BTreeMap, fmt};

use serde::Serialize;

use super::Scenario;

/// What was sent, and what became of it.
#[derive(Debug, Clone, Serialize)]
pub struct SimulationReport {
    /// The course the patients took.
    pub scenario: Scenario,
    /// The seed.
    pub seed: u64,
    /// How many patients.
    pub patients: u64,
    /// Samples a second and patient.
    pub rate: f64,
    /// Seconds from the first reading to the last.
    pub seconds: f64,
    /// Readings sent; a repeat after a failure is not counted again.
    pub sent: u64,
    /// Readings the server says are stored.
    pub stored: u64,
    /// Readings the server had stored before: a repeat whose first answer was lost.
    pub duplicates: u64,
    /// Readings the server refused.
    pub refused: u64,
    /// Those, by reason.
    pub refusals: BTreeMap<String, u64>,
    /// Readings never acknowledged.
    pub unacknowledged: u64,
    /// Alerts raised for these patients.
    pub alerts: u64,
    /// Those, by priority.
    pub by_priority: BTreeMap<String, u64>,
    /// How often a further rung of the ladder was told.
    pub escalations: u64,
    /// Alerts answered here.
    pub acknowledged: u64,
    /// From the sample that raised an alert to its notification here, for alerts that a sample raises at once: a score,
    /// a critical limit.
    pub sample_to_alert: Latency,
    /// From a batch's samples to its acknowledgement.
    pub sample_to_acknowledgement: Latency,
}

/// How long something took, in milliseconds.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub struct Latency {
    /// How often it was measured.
    pub count: usize,
    /// Half took no longer.
    pub p50_ms: Option<f64>,
    /// Ninety-nine of a hundred took no longer.
    pub p99_ms: Option<f64>,
    /// The longest.
    pub max_ms: Option<f64>,
}

impl Latency {
    /// Of these durations in milliseconds.
    pub fn of(mut all: Vec<f64>) -> Self {
        all.sort_by(f64::total_cmp);
        // The nearest rank: the smallest value that this part of all does not exceed.
        let rank =
            |percent: usize| (all.len() * percent).div_ceil(100).checked_sub(1).and_then(|n| all.get(n)).copied();
        Self { count: all.len(), p50_ms: rank(50), p99_ms: rank(99), max_ms: all.last().copied() }
    }
}

impl fmt::Display for Latency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.p50_ms, self.p99_ms, self.max_ms) {
            (Some(p50), Some(p99), Some(max)) => {
                write!(f, "p50 {p50:.1} ms, p99 {p99:.1} ms, longest {max:.1} ms, of {}", self.count)
            }
            _ => f.write_str("none measured"),
        }
    }
}

impl fmt::Display for SimulationReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { scenario, seed, patients, rate, seconds, .. } = self;
        let row = |f: &mut fmt::Formatter<'_>, name: &str, value: &dyn fmt::Display| writeln!(f, "  {name:24} {value}");
        let listed = |of: &BTreeMap<String, u64>| {
            of.iter().map(|(name, count)| format!("{count} {name}")).collect::<Vec<_>>().join(", ")
        };
        writeln!(f, "{patients} patients, {scenario:?}, {rate} Hz, seed {seed}, {seconds:.1} s")?;
        row(f, "readings sent", &self.sent)?;
        row(f, "stored", &self.stored)?;
        row(f, "stored before", &self.duplicates)?;
        row(f, "refused", &format!("{} {}", self.refused, listed(&self.refusals)).trim_end())?;
        row(f, "never acknowledged", &self.unacknowledged)?;
        row(f, "alerts", &format!("{} {}", self.alerts, listed(&self.by_priority)).trim_end())?;
        row(f, "escalations", &self.escalations)?;
        row(f, "acknowledged alerts", &self.acknowledged)?;
        row(f, "sample to alert", &self.sample_to_alert)?;
        row(f, "sample to acknowledgement", &self.sample_to_acknowledgement)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_of_the_nearest_rank() {
        let latency = Latency::of((1..=200).rev().map(f64::from).collect());
        assert_eq!((latency.p50_ms, latency.p99_ms, latency.max_ms), (Some(100.0), Some(198.0), Some(200.0)));
        assert_eq!(Latency::of(vec![7.0]).p99_ms, Some(7.0));
        assert_eq!(Latency::of(vec![]).p50_ms, None);
    }
}
