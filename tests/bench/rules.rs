//! Rules judged a second, each with its explanation: a prescription for an inpatient with ten medications, by the rules that
//! ship. A rule that is passed by is not counted.

use std::time::{Duration, Instant};

use healthcare_dss::bench::PrescriptionCheck;

use crate::{
    report::Item,
    rounds::{ROUNDS, median},
};

const WINDOW: Duration = Duration::from_secs(1);

/// Judges on one thread for a second a round.
pub fn measure() -> anyhow::Result<Vec<Item>> {
    let check = PrescriptionCheck::new()?;
    round(&check);
    let rounds: Vec<(f64, f64)> = (0..ROUNDS).map(|_| round(&check)).collect();
    let rules = median(rounds.iter().map(|(rules, _)| *rules));
    let checks = median(rounds.iter().map(|(_, checks)| *checks));
    Ok(vec![
        Item::figure("rules", "shipped rules judged in full, each with its tree, one thread", "rules/s", rules, None),
        Item::figure("rules", "one prescription judged by all shipped rules", "µs", 1e6 / checks, None),
    ])
}

/// Rules that were looked at in full, and prescriptions, a second.
fn round(check: &PrescriptionCheck) -> (f64, f64) {
    let begun = Instant::now();
    let (mut rules, mut checks) = (0, 0);
    while begun.elapsed() < WINDOW {
        rules += check.run().explained;
        checks += 1;
    }
    let seconds = begun.elapsed().as_secs_f64();
    (rules as f64 / seconds, f64::from(checks) / seconds)
}
