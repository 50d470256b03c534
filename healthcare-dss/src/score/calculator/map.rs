//! Mean arterial pressure.

use super::{
    Ages, Calculator, Card, Values,
    input::{ROUND, number},
    outcome::{Outcome, missing},
};

/// Mean arterial pressure from a cuff: a third systolic, two thirds diastolic.
pub static MAP: Calculator = Calculator {
    card: Card {
        name: "map",
        title: "Mean arterial pressure",
        version: "1",
        citation: "Diastolic pressure plus a third of the pulse pressure: an approximation at normal heart rates",
        unit: Some("mm[Hg]"),
        ages: Ages::All,
        inputs: &[
            number("systolic_bp", "systolic blood pressure", "mm[Hg]", (1.0, 400.0)).within_hours(ROUND),
            number("diastolic_bp", "diastolic blood pressure", "mm[Hg]", (0.0, 300.0))
                .within_hours(ROUND)
                .not_above("systolic_bp"),
        ],
    },
    compute,
};

fn compute(values: &Values) -> Outcome {
    let (systolic, diastolic) = (values.number("systolic_bp"), values.number("diastolic_bp"));
    let value = systolic.zip(diastolic).map(|(systolic, diastolic)| (systolic + 2.0 * diastolic) / 3.0);
    let missing = missing([("systolic_bp", systolic.is_some()), ("diastolic_bp", diastolic.is_some())]);
    Outcome::quantity(value, 1, missing)
}
