//! Child-Pugh.

use super::{
    Ages, Calculator, Card, Values,
    input::{WEEK, choice, number},
    outcome::{Outcome, Tally},
};

/// Severity of cirrhosis.
pub static CHILD_PUGH: Calculator = Calculator {
    card: Card {
        name: "child-pugh",
        title: "Child-Pugh",
        version: "Pugh 1973/1",
        citation: "Pugh RN et al. Br J Surg 1973;60:646-649, with INR in place of the prothrombin time",
        unit: None,
        ages: Ages::Adults,
        inputs: &[
            number("bilirubin", "bilirubin", "mg/dL", (0.1, 100.0)).within_hours(WEEK),
            number("albumin", "serum albumin", "g/dL", (0.5, 7.0)).within_hours(WEEK),
            number("inr", "INR", "1", (0.5, 30.0)).within_hours(WEEK),
            choice("ascites", "ascites", &["none", "slight", "moderate"]),
            choice("encephalopathy", "encephalopathy: none, grade 1-2, grade 3-4", &["none", "grade_1_2", "grade_3_4"]),
        ],
    },
    compute,
};

fn compute(values: &Values) -> Outcome {
    let bilirubin = values.number("bilirubin").map(|value| match value {
        ..2.0 => 1.0,
        ..=3.0 => 2.0,
        _ => 3.0,
    });
    let albumin = values.number("albumin").map(|value| match value {
        ..2.8 => 3.0,
        ..=3.5 => 2.0,
        _ => 1.0,
    });
    let inr = values.number("inr").map(|value| match value {
        ..1.7 => 1.0,
        ..=2.3 => 2.0,
        _ => 3.0,
    });
    let place = |name: &'static str, words: [&str; 3]| {
        let word = values.word(name)?;
        [1.0, 2.0, 3.0].into_iter().zip(words).find(|(_, one)| *one == word).map(|(points, _)| points)
    };
    Tally::default()
        .part("bilirubin", bilirubin, &["bilirubin"])
        .part("albumin", albumin, &["albumin"])
        .part("inr", inr, &["inr"])
        .part("ascites", place("ascites", ["none", "slight", "moderate"]), &["ascites"])
        .part("encephalopathy", place("encephalopathy", ["none", "grade_1_2", "grade_3_4"]), &["encephalopathy"])
        .score(|total| match total {
            ..=6.0 => "A",
            ..=9.0 => "B",
            _ => "C",
        })
}
