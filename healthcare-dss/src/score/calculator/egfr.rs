//! Estimated glomerular filtration rate.

use super::{
    Ages, Calculator, Card, Values,
    input::{ADULT_AGE, CREATININE, SEX},
    outcome::{Outcome, missing},
};

/// CKD-EPI 2021 from creatinine, without race.
pub static EGFR: Calculator = Calculator {
    card: Card {
        name: "egfr",
        title: "eGFR, CKD-EPI creatinine 2021",
        version: "CKD-EPI 2021/1",
        citation: "Inker LA et al. N Engl J Med 2021;385:1737-1749; stages: KDIGO 2012",
        unit: Some("mL/min/{1.73_m2}"),
        ages: Ages::Adults,
        inputs: &[ADULT_AGE, SEX, CREATININE],
    },
    compute,
};

fn compute(values: &Values) -> Outcome {
    let (age, sex, creatinine) = (values.number("age"), values.word("sex"), values.number("creatinine"));
    let value = age.zip(sex).zip(creatinine).map(|((age, sex), creatinine)| {
        let (kappa, alpha, factor) = if sex == "female" { (0.7, -0.241, 1.012) } else { (0.9, -0.302, 1.0) };
        let ratio: f64 = creatinine / kappa;
        142.0 * ratio.min(1.0).powf(alpha) * ratio.max(1.0).powf(-1.200) * 0.9938_f64.powf(age) * factor
    });
    let given = [("age", age.is_some()), ("sex", sex.is_some()), ("creatinine", creatinine.is_some())];
    Outcome::quantity(value, 1, missing(given)).meaning(|egfr| match egfr {
        90.0.. => "G1",
        60.0.. => "G2",
        45.0.. => "G3a",
        30.0.. => "G3b",
        15.0.. => "G4",
        _ => "G5",
    })
}
