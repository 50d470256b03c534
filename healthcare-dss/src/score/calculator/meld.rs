//! MELD and MELD 3.0.

use super::{
    Ages, Calculator, Card, Values,
    input::{CREATININE, Input, SEX, WEEK, number, whether},
    outcome::{Outcome, missing},
};

const BILIRUBIN: Input = number("bilirubin", "bilirubin", "mg/dL", (0.1, 100.0)).within_hours(WEEK);
const INR: Input = number("inr", "INR", "1", (0.5, 30.0)).within_hours(WEEK);
const DIALYSIS: Input =
    whether("dialysis", "dialysis twice within the last week, or 24 hours of CVVHD; no if not said").optional();

/// Model for End-Stage Liver Disease, without sodium.
pub static MELD: Calculator = Calculator {
    card: Card {
        name: "meld",
        title: "MELD",
        version: "UNOS 2002/1",
        citation: "Kamath PS et al. Hepatology 2001;33:464-470; bounds: UNOS 2002",
        unit: None,
        ages: Ages::Adults,
        inputs: &[CREATININE, BILIRUBIN, INR, DIALYSIS],
    },
    compute: meld,
};

/// MELD 3.0.
pub static MELD_3: Calculator = Calculator {
    card: Card {
        name: "meld-3",
        title: "MELD 3.0",
        version: "Kim 2021/1",
        citation: "Kim WR et al. Gastroenterology 2021;161:1887-1895",
        unit: None,
        ages: Ages::Adults,
        inputs: &[
            SEX,
            CREATININE,
            BILIRUBIN,
            INR,
            number("sodium", "serum sodium", "mmol/L", (90.0, 200.0)).within_hours(WEEK),
            number("albumin", "serum albumin", "g/dL", (0.5, 7.0)).within_hours(WEEK),
            DIALYSIS,
        ],
    },
    compute: meld_3,
};

/// Creatinine within the bounds of the score; dialysis counts as its upper one.
fn creatinine(values: &Values, most: f64) -> Option<f64> {
    if values.flag("dialysis") == Some(true) {
        return Some(most);
    }
    values.number("creatinine").map(|value| value.clamp(1.0, most))
}

/// What is given of the three that both are computed from.
fn three(values: &Values, most: f64) -> (Option<f64>, Option<f64>, Option<f64>) {
    let least = |name: &str| values.number(name).map(|value| value.max(1.0));
    (creatinine(values, most), least("bilirubin"), least("inr"))
}

fn meld(values: &Values) -> Outcome {
    let (creatinine, bilirubin, inr) = three(values, 4.0);
    let value = creatinine
        .zip(bilirubin)
        .zip(inr)
        .map(|((creatinine, bilirubin), inr)| 3.78 * bilirubin.ln() + 11.2 * inr.ln() + 9.57 * creatinine.ln() + 6.43);
    let given = [("creatinine", creatinine.is_some()), ("bilirubin", bilirubin.is_some()), ("inr", inr.is_some())];
    Outcome::quantity(value.map(|value| value.round().clamp(6.0, 40.0)), 0, missing(given)).into_score()
}

fn meld_3(values: &Values) -> Outcome {
    let (creatinine, bilirubin, inr) = three(values, 3.0);
    let sodium = values.number("sodium").map(|value| value.clamp(125.0, 137.0));
    let albumin = values.number("albumin").map(|value| value.clamp(1.5, 3.5));
    let sex = values.word("sex");
    let lab = creatinine.zip(bilirubin).zip(inr).zip(sodium.zip(albumin)).zip(sex);
    let value = lab.map(|((((creatinine, bilirubin), inr), (sodium, albumin)), sex)| {
        let female = if sex == "female" { 1.33 } else { 0.0 };
        let (low_sodium, low_albumin) = (137.0 - sodium, 3.5 - albumin);
        female + 4.56 * bilirubin.ln() + 0.82 * low_sodium - 0.24 * low_sodium * bilirubin.ln()
            + 9.09 * inr.ln()
            + 11.14 * creatinine.ln()
            + 1.85 * low_albumin
            - 1.83 * low_albumin * creatinine.ln()
            + 6.0
    });
    let given = [
        ("sex", sex.is_some()),
        ("creatinine", creatinine.is_some()),
        ("bilirubin", bilirubin.is_some()),
        ("inr", inr.is_some()),
        ("sodium", sodium.is_some()),
        ("albumin", albumin.is_some()),
    ];
    Outcome::quantity(value.map(|value| value.round().clamp(6.0, 40.0)), 0, missing(given)).into_score()
}
