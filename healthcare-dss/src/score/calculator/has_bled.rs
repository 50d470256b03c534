//! HAS-BLED.

use super::{
    Ages, Calculator, Card, Values,
    input::{ADULT_AGE, whether},
    outcome::{Outcome, Tally},
};

/// Risk of major bleeding with anticoagulation.
pub static HAS_BLED: Calculator = Calculator {
    card: Card {
        name: "has-bled",
        title: "HAS-BLED",
        version: "Pisters 2010/1",
        citation: "Pisters R et al. Chest 2010;138:1093-1100",
        unit: None,
        ages: Ages::Adults,
        inputs: &[
            ADULT_AGE,
            whether("uncontrolled_hypertension", "systolic blood pressure above 160 mm[Hg]"),
            whether("abnormal_renal_function", "dialysis, transplant or creatinine of 200 umol/L and more"),
            whether(
                "abnormal_liver_function",
                "cirrhosis, or bilirubin over twice with AST, ALT or AP over three times normal",
            ),
            whether("stroke", "stroke before"),
            whether("bleeding", "major bleeding before, or a predisposition to it"),
            whether("labile_inr", "time in therapeutic range below 60 %"),
            whether("drugs", "antiplatelet drugs or NSAIDs"),
            whether("alcohol", "eight drinks a week and more"),
        ],
    },
    compute,
};

const ASKED: [&str; 8] = [
    "uncontrolled_hypertension",
    "abnormal_renal_function",
    "abnormal_liver_function",
    "stroke",
    "bleeding",
    "labile_inr",
    "drugs",
    "alcohol",
];

fn compute(values: &Values) -> Outcome {
    let age = values.number("age").map(|age| if age > 65.0 { 1.0 } else { 0.0 });
    let tally = Tally::default().part("age", age, &["age"]);
    let tally = ASKED.into_iter().fold(tally, |tally, name| tally.when(name, values.flag(name), 1.0));
    tally.score(|total| match total {
        ..=1.0 => "low",
        2.0 => "moderate",
        _ => "high",
    })
}
