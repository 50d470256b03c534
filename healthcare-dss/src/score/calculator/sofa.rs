//! SOFA.

use super::{
    Ages, Calculator, Card, Values,
    input::{DAY, ROUND, count, number, whether},
    outcome::{Outcome, Tally},
};

/// Sequential Organ Failure Assessment, the worst values of 24 hours.
pub static SOFA: Calculator = Calculator {
    card: Card {
        name: "sofa",
        title: "SOFA",
        version: "Vincent 1996/1",
        citation: "Vincent JL et al. Intensive Care Med 1996;22:707-710; Singer M et al. JAMA 2016;315:801-810",
        unit: None,
        ages: Ages::Adults,
        inputs: &[
            number("pao2_fio2", "PaO2/FiO2, instead of the two", "mm[Hg]", (10.0, 800.0)).optional(),
            number("pao2", "arterial oxygen pressure", "mm[Hg]", (10.0, 700.0)).within_hours(ROUND).optional(),
            number("fio2", "inspired oxygen", "%", (21.0, 100.0)).optional(),
            whether("respiratory_support", "ventilated or on CPAP; no if not said").optional(),
            number("platelets", "platelets", "10*9/L", (0.0, 5_000.0)).within_hours(DAY),
            number("bilirubin", "bilirubin", "mg/dL", (0.0, 100.0)).within_hours(DAY),
            number("mean_arterial_pressure", "mean arterial pressure", "mm[Hg]", (0.0, 300.0)).within_hours(ROUND),
            number("dopamine", "dopamine, for at least an hour", "ug/kg/min", (0.0, 100.0)).optional(),
            number("dobutamine", "dobutamine, for at least an hour", "ug/kg/min", (0.0, 100.0)).optional(),
            number("epinephrine", "epinephrine, for at least an hour", "ug/kg/min", (0.0, 10.0)).optional(),
            number("norepinephrine", "norepinephrine, for at least an hour", "ug/kg/min", (0.0, 10.0)).optional(),
            count("gcs", "Glasgow Coma Scale", "1", (3.0, 15.0)).within_hours(ROUND),
            number("creatinine", "serum creatinine", "mg/dL", (0.0, 40.0)).within_hours(DAY),
            number("urine_output", "urine in 24 hours", "mL", (0.0, 20_000.0)).optional(),
        ],
    },
    compute,
};

fn compute(values: &Values) -> Outcome {
    let above = |name: &str, limits: [f64; 4]| values.number(name).map(|value| steps(value, limits));
    let below = |name: &str, limits: [f64; 4]| values.number(name).map(|value| steps(-value, limits.map(|l| -l)));
    Tally::default()
        .part("respiration", respiration(values), &["pao2_fio2"])
        // Below 150, 100, 50, 20.
        .part("coagulation", below("platelets", [150.0, 100.0, 50.0, 20.0].map(f64::next_down)), &["platelets"])
        .part("liver", above("bilirubin", [1.2, 2.0, 6.0, 12.0]), &["bilirubin"])
        .part("cardiovascular", cardiovascular(values), &["mean_arterial_pressure"])
        .part("nervous_system", below("gcs", [14.0, 12.0, 9.0, 5.0]), &["gcs"])
        .part("kidneys", kidneys(values), &["creatinine"])
        .score(|total| if total >= 2.0 { "organ dysfunction if newly risen by 2" } else { "no more than 1 point" })
}

/// How many of the rising limits a value has reached.
fn steps(value: f64, limits: [f64; 4]) -> f64 {
    limits.into_iter().filter(|limit| value >= *limit).map(|_| 1.0).sum()
}

/// 3 and 4 points are given with respiratory support only.
fn respiration(values: &Values) -> Option<f64> {
    let both = values.number("pao2").zip(values.number("fio2")).map(|(pressure, share)| pressure / (share / 100.0));
    let ratio = values.number("pao2_fio2").or(both)?;
    let most = if values.flag("respiratory_support") == Some(true) { 4.0 } else { 2.0_f64 };
    let points = match ratio {
        400.0.. => 0.0,
        300.0.. => 1.0,
        200.0.. => 2.0,
        100.0.. => 3.0,
        _ => 4.0,
    };
    Some(most.min(points))
}

/// A vasopressor scores whatever the pressure is; without one the pressure is needed.
fn cardiovascular(values: &Values) -> Option<f64> {
    let dose = |name: &str| values.number(name).unwrap_or(0.0);
    let catecholamine = dose("epinephrine").max(dose("norepinephrine"));
    if dose("dopamine") > 15.0 || catecholamine > 0.1 {
        Some(4.0)
    } else if dose("dopamine") > 5.0 || catecholamine > 0.0 {
        Some(3.0)
    } else if dose("dopamine") > 0.0 || dose("dobutamine") > 0.0 {
        Some(2.0)
    } else {
        values.number("mean_arterial_pressure").map(|pressure| if pressure < 70.0 { 1.0 } else { 0.0 })
    }
}

/// By creatinine or by urine, whichever is worse.
fn kidneys(values: &Values) -> Option<f64> {
    let creatinine = values.number("creatinine").map(|value| steps(value, [1.2, 2.0, 3.5, 5.0]));
    let urine = values.number("urine_output").map(|volume| match volume {
        500.0.. => 0.0,
        200.0.. => 3.0,
        _ => 4.0,
    });
    match (creatinine, urine) {
        (Some(one), Some(other)) => Some(one.max(other)),
        // 4 is the most there is; less may still be more by creatinine.
        (None, Some(4.0)) => Some(4.0),
        (one, _) => one,
    }
}
