//! Body mass index.

use super::{
    Ages, Calculator, Card, Values,
    input::{FIVE_YEARS, QUARTER, number},
    outcome::{Outcome, missing},
};

/// Body mass index, with the classes of the WHO for adults.
pub static BMI: Calculator = Calculator {
    card: Card {
        name: "bmi",
        title: "Body mass index",
        version: "WHO 2000/1",
        citation: "WHO Consultation on Obesity. WHO Technical Report Series 894, 2000",
        unit: Some("kg/m2"),
        ages: Ages::BandOfAdults,
        inputs: &[
            number("weight_kg", "body weight", "kg", (0.2, 700.0)).within_hours(QUARTER),
            number("height_cm", "body height", "cm", (20.0, 280.0)).within_hours(FIVE_YEARS),
        ],
    },
    compute,
};

fn compute(values: &Values) -> Outcome {
    let (weight, height) = (values.number("weight_kg"), values.number("height_cm"));
    let value = weight.zip(height).map(|(weight, height)| weight / (height / 100.0).powi(2));
    let missing = missing([("weight_kg", weight.is_some()), ("height_cm", height.is_some())]);
    Outcome::quantity(value, 1, missing).meaning(|bmi| match bmi {
        ..18.5 => "underweight",
        ..25.0 => "normal",
        ..30.0 => "overweight",
        ..35.0 => "obesity class I",
        ..40.0 => "obesity class II",
        _ => "obesity class III",
    })
}
