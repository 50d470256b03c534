use chrono::{DateTime, Duration, Utc};
use healthcare_dss::score::news2::{self, MaximumAges, News2Input, Outcome};
use healthcare_telemetry_gateway::normalise::{ClockBounds, Observed, normalise};

use super::*;

fn start() -> DateTime<Utc> {
    "2026-11-21T10:00:00Z".parse().unwrap()
}

/// Every reading of so many seconds, one step a second.
fn all(seed: u64, scenario: Scenario, seconds: i64) -> Vec<Reading> {
    let mut bedside = Bedside::new(seed, 0, scenario);
    let mut seq = 0;
    (1..=seconds).flat_map(|s| readings("SIM", start() + Duration::seconds(s), bedside.step(1.0), &mut seq)).collect()
}

/// The NEWS2 total at each reading, as the gateway understands them; none until all seven parameters are known.
fn totals(readings: &[Reading]) -> Vec<u8> {
    let mut input = News2Input::default();
    let mut totals = vec![];
    for reading in readings {
        let at: DateTime<Utc> = reading.measured_at.parse().unwrap();
        let taken = normalise(0, reading, at, &ClockBounds::default()).expect("the gateway takes every reading");
        match (taken.signal, taken.value) {
            (Signal::HeartRate, Some(Observed::Number(n))) => input.pulse = Some(n.into()),
            (Signal::RespiratoryRate, Some(Observed::Number(n))) => input.respiratory_rate = Some(n.into()),
            (Signal::Spo2, Some(Observed::Number(n))) => input.spo2 = Some(n.into()),
            (Signal::SystolicBp, Some(Observed::Number(n))) => input.systolic_bp = Some(n.into()),
            (Signal::Temperature, Some(Observed::Number(n))) => input.temperature = Some(n.into()),
            (_, Some(Observed::Oxygen(on))) => input.on_oxygen = Some(on.into()),
            (_, Some(Observed::Consciousness(level))) => {
                let alert = level == Consciousness::Alert;
                let level = if alert { news2::Consciousness::Alert } else { news2::Consciousness::Confusion };
                input.consciousness = Some(level.into());
            }
            _ => {}
        }
        if let Outcome::Complete { total, .. } = news2::score(&input, &MaximumAges::default()).unwrap().outcome {
            totals.push(total);
        }
    }
    totals
}

#[test]
fn the_same_seed_gives_the_same_readings_and_another_others() {
    for scenario in [Scenario::Stable, Scenario::Sepsis, Scenario::Desaturation] {
        assert_eq!(all(7, scenario, 120), all(7, scenario, 120));
        assert_ne!(all(7, scenario, 120), all(8, scenario, 120));
    }
    let (mut one, mut two) = (Bedside::new(7, 0, Scenario::Stable), Bedside::new(7, 1, Scenario::Stable));
    assert_ne!(one.step(1.0), two.step(1.0), "each patient is another");
}

#[test]
fn sepsis_reaches_seven_within_half_a_minute() {
    for seed in 0..50 {
        let totals = totals(&all(seed, Scenario::Sepsis, 35));
        assert!(totals[0] < 5, "well at first: {totals:?}");
        assert!(totals.last().unwrap() >= &7, "seed {seed}: {totals:?}");
    }
}

#[test]
fn the_stable_stay_below_five_for_half_an_hour() {
    for seed in 0..20 {
        let highest = totals(&all(seed, Scenario::Stable, 1800)).into_iter().max();
        assert!(highest < Some(5), "seed {seed}: {highest:?}");
    }
}

#[test]
fn the_deteriorating_reach_five_and_the_recovering_come_down() {
    for seed in 0..20 {
        assert!(totals(&all(seed, Scenario::Deterioration, 90)).last().unwrap() >= &5, "seed {seed}");
        let recovering = totals(&all(seed, Scenario::Recovery, 180));
        assert!(recovering[0] >= 7 && recovering.last().unwrap() < &5, "seed {seed}: {recovering:?}");
    }
}

#[test]
fn desaturation_falls_below_eighty_and_comes_back() {
    for seed in 0..20 {
        let values: Vec<f64> = all(seed, Scenario::Desaturation, 90)
            .into_iter()
            .filter(|reading| reading.code == Signal::Spo2.code())
            .filter_map(|reading| match reading.value {
                RawValue::Number(value) if value > 0.0 => Some(value),
                _ => None,
            })
            .collect();
        assert!(values.iter().any(|value| *value < 80.0), "seed {seed}: {values:?}");
        assert!(values.last().unwrap() > &94.0, "seed {seed}: {values:?}");
    }
}

#[test]
fn sensors_fall_off_now_and_then() {
    let readings = all(3, Scenario::Stable, 3600);
    let off = readings.iter().filter(|r| matches!(r.value, RawValue::Number(n) if NO_SIGNAL.contains(&n)));
    let off = off.filter(|r| r.code != Signal::OxygenFlow.code()).count();
    assert!((1..readings.len() / 20).contains(&off), "{off} of {}", readings.len());
}
