//! Creatinine clearance.

use super::{
    Ages, Calculator, Card, Values,
    input::{ADULT_AGE, CREATININE, QUARTER, SEX, number},
    outcome::{Outcome, missing},
};

/// Creatinine clearance, which most dosing tables are written for. The weight is the one given: actual, ideal or
/// adjusted is the prescriber's choice.
pub static COCKCROFT_GAULT: Calculator = Calculator {
    card: Card {
        name: "cockcroft-gault",
        title: "Creatinine clearance (Cockcroft-Gault)",
        version: "1976/1",
        citation: "Cockcroft DW, Gault MH. Nephron 1976;16:31-41",
        unit: Some("mL/min"),
        ages: Ages::Adults,
        inputs: &[
            ADULT_AGE,
            SEX,
            number("weight_kg", "body weight", "kg", (0.2, 700.0)).within_hours(QUARTER),
            CREATININE,
        ],
    },
    compute,
};

fn compute(values: &Values) -> Outcome {
    let (age, sex) = (values.number("age"), values.word("sex"));
    let (weight, creatinine) = (values.number("weight_kg"), values.number("creatinine"));
    let value = age.zip(sex).zip(weight.zip(creatinine)).map(|((age, sex), (weight, creatinine))| {
        let factor = if sex == "female" { 0.85 } else { 1.0 };
        ((140.0 - age) * weight / (72.0 * creatinine) * factor).max(0.0)
    });
    let given = [
        ("age", age.is_some()),
        ("sex", sex.is_some()),
        ("weight_kg", weight.is_some()),
        ("creatinine", creatinine.is_some()),
    ];
    Outcome::quantity(value, 1, missing(given))
}
