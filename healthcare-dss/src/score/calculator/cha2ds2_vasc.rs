//! CHA2DS2-VASc.

use super::{
    Ages, Calculator, Card, Values,
    input::{ADULT_AGE, SEX, whether},
    outcome::{Outcome, Tally},
};

/// Risk of stroke in atrial fibrillation.
pub static CHA2DS2_VASC: Calculator = Calculator {
    card: Card {
        name: "cha2ds2-vasc",
        title: "CHA2DS2-VASc",
        version: "Lip 2010/2",
        citation: "Lip GYH et al. Chest 2010;137:263-272",
        unit: None,
        ages: Ages::Adults,
        inputs: &[
            ADULT_AGE,
            SEX,
            whether("congestive_heart_failure", "heart failure or left ventricular dysfunction"),
            whether("hypertension", "hypertension"),
            whether("diabetes", "diabetes mellitus"),
            whether("stroke_tia_thromboembolism", "stroke, TIA or thromboembolism before"),
            whether("vascular_disease", "myocardial infarction, peripheral artery disease or aortic plaque"),
        ],
    },
    compute,
};

fn compute(values: &Values) -> Outcome {
    let age = values.number("age").map(|age| match age {
        75.0.. => 2.0,
        65.0.. => 1.0,
        _ => 0.0,
    });
    let flagged = |tally: Tally, name: &'static str, points: f64| tally.when(name, values.flag(name), points);
    let tally = Tally::default().part("age", age, &["age"]).part(
        "sex",
        values.word("sex").map(|sex| if sex == "female" { 1.0 } else { 0.0 }),
        &["sex"],
    );
    let tally = flagged(tally, "congestive_heart_failure", 1.0);
    let tally = flagged(tally, "hypertension", 1.0);
    let tally = flagged(tally, "diabetes", 1.0);
    let tally = flagged(tally, "stroke_tia_thromboembolism", 2.0);
    // Of a woman the point of her sex alone is no risk; with any other it counts (as the ESC guideline of 2012 reads it).
    let by_sex_alone = if values.word("sex") == Some("female") { 1.0 } else { 0.0 };
    flagged(tally, "vascular_disease", 1.0).score(|total| match total {
        total if total <= by_sex_alone => "low",
        1.0 => "intermediate",
        _ => "high",
    })
}
