//! How many rules a second one core judges, explanations included: those that ship, and 10,000 of which few can match.

use std::time::{Duration, Instant};

use healthcare_dss::{RuleError, bench::PrescriptionCheck};

const WINDOW: Duration = Duration::from_secs(3);

fn main() -> Result<(), RuleError> {
    told("shipped rules", &PrescriptionCheck::new()?);
    told("10,000 rules", &PrescriptionCheck::among(10_000)?);
    Ok(())
}

/// Judges the prescriptions in turn, then every rule in full, each for a window.
fn told(which: &str, check: &PrescriptionCheck) {
    // Warm up: caches and branch predictors.
    (0..200).for_each(|nth| assert!(check.check(nth).rules > 0));
    let (start, mut explained, mut checks) = (Instant::now(), 0, 0);
    let mut taken = vec![];
    while start.elapsed() < WINDOW {
        let begun = Instant::now();
        explained += check.check(checks).explained;
        taken.push(begun.elapsed());
        checks += 1;
    }
    let seconds = start.elapsed().as_secs_f64();
    taken.sort_unstable();
    let at = |percent: usize| taken[(taken.len() * percent / 100).min(taken.len() - 1)];
    println!(
        "{which}, {} prescriptions: {:.0} rules looked at in full a second, {:.1} of them a check; median {:?}, p99 {:?}",
        check.drafts(),
        explained as f64 / seconds,
        explained as f64 / checks as f64,
        at(50),
        at(99),
    );
    let (start, mut judged, mut nth) = (Instant::now(), 0, 0);
    while start.elapsed() < WINDOW {
        judged += check.in_full(nth);
        nth += 1;
    }
    println!("{which}, every tree: {:.0} rules a second", judged as f64 / start.elapsed().as_secs_f64());
}
