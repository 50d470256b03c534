//! How many rules a second one core judges, explanations included.

use std::time::{Duration, Instant};

use healthcare_dss::{RuleError, bench::PrescriptionCheck};

fn main() -> Result<(), RuleError> {
    let check = PrescriptionCheck::new()?;
    // Warm up: caches and branch predictors.
    let warm: usize = (0..200).map(|_| check.run()).sum();
    assert!(warm > 0);
    let (start, mut rules, mut checks) = (Instant::now(), 0, 0);
    while start.elapsed() < Duration::from_secs(3) {
        rules += check.run();
        checks += 1;
    }
    let seconds = start.elapsed().as_secs_f64();
    println!(
        "{:.0} evaluations/s, {:.1} µs a prescription check",
        rules as f64 / seconds,
        seconds * 1e6 / f64::from(checks)
    );
    Ok(())
}
