//! HEART.

use super::{
    Ages, Calculator, Card, Values,
    input::{ADULT_AGE, choice, count, number, whether},
    outcome::{Outcome, Tally},
};

/// Risk of a major cardiac event within six weeks in chest pain.
pub static HEART: Calculator = Calculator {
    card: Card {
        name: "heart",
        title: "HEART score",
        version: "Six 2008/1",
        citation: "Six AJ, Backus BE, Kelder JC. Neth Heart J 2008;16:191-196",
        unit: None,
        ages: Ages::Adults,
        inputs: &[
            choice("history", "how suspicious the history is", &["slight", "moderate", "high"]),
            choice("ecg", "what the ECG shows", &["normal", "nonspecific", "st_deviation"]),
            ADULT_AGE,
            count(
                "risk_factors",
                "how many of hypercholesterolaemia, hypertension, diabetes, smoking, family history, obesity",
                "1",
                (0.0, 6.0),
            ),
            whether("atherosclerotic_disease", "known atherosclerotic disease; no if not said").optional(),
            number("troponin_ratio", "troponin, as a multiple of the normal limit", "1", (0.0, 100_000.0)),
        ],
    },
    compute,
};

fn compute(values: &Values) -> Outcome {
    let place = |name: &'static str, words: [&str; 3]| {
        let word = values.word(name)?;
        [0.0, 1.0, 2.0].into_iter().zip(words).find(|(_, one)| *one == word).map(|(points, _)| points)
    };
    let age = values.number("age").map(|age| match age {
        65.0.. => 2.0,
        45.0.. => 1.0,
        _ => 0.0,
    });
    let risks = if values.flag("atherosclerotic_disease") == Some(true) {
        Some(2.0)
    } else {
        values.number("risk_factors").map(|count| match count {
            3.0.. => 2.0,
            1.0.. => 1.0,
            _ => 0.0,
        })
    };
    let troponin = values.number("troponin_ratio").map(|ratio| match ratio {
        ..=1.0 => 0.0,
        ..=3.0 => 1.0,
        _ => 2.0,
    });
    Tally::default()
        .part("history", place("history", ["slight", "moderate", "high"]), &["history"])
        .part("ecg", place("ecg", ["normal", "nonspecific", "st_deviation"]), &["ecg"])
        .part("age", age, &["age"])
        .part("risk_factors", risks, &["risk_factors"])
        .part("troponin", troponin, &["troponin_ratio"])
        .score(|total| match total {
            ..=3.0 => "low",
            ..=6.0 => "moderate",
            _ => "high",
        })
}
