//! Morphine milligram equivalents a day.

use super::{
    Ages, Calculator, Card, Values,
    input::{Input, Kind, choice, number},
    outcome::{Outcome, missing},
};

/// The factors of the CDC's guideline of 2022 (table of conversion factors). Buprenorphine has none.
const FACTORS: [(&str, f64); 10] = [
    ("codeine", 0.15),
    ("fentanyl_transdermal", 2.4),
    ("hydrocodone", 1.0),
    ("hydromorphone", 5.0),
    ("methadone", 4.7),
    ("morphine", 1.0),
    ("oxycodone", 1.5),
    ("oxymorphone", 3.0),
    ("tapentadol", 0.4),
    ("tramadol", 0.2),
];
const OPIOIDS: &[&str] = &[
    "codeine",
    "fentanyl_transdermal",
    "hydrocodone",
    "hydromorphone",
    "methadone",
    "morphine",
    "oxycodone",
    "oxymorphone",
    "tapentadol",
    "tramadol",
];
const OPIOID: &[Input] = &[
    choice("opioid", "which", OPIOIDS),
    number("daily_dose", "dose a day in mg; of transdermal fentanyl the rate in ug/h", "mg", (0.0, 100_000.0)),
];

/// The opioids of a day as oral morphine. No guide for converting from one to another.
pub static MME: Calculator = Calculator {
    card: Card {
        name: "mme",
        title: "Morphine milligram equivalents a day",
        version: "CDC 2022/1",
        citation: "Dowell D et al. MMWR Recomm Rep 2022;71(3):1-95",
        unit: Some("mg/d"),
        ages: Ages::All,
        inputs: &[Input {
            name: "opioids",
            meaning: "all opioids of a day",
            kind: Kind::List { of: OPIOID, most: 50 },
            required: true,
            within_hours: None,
            not_above: None,
        }],
    },
    compute,
};

fn compute(values: &Values) -> Outcome {
    let opioids = values.list("opioids").filter(|list| !list.is_empty());
    let factor = |name: &str| FACTORS.iter().find(|(opioid, _)| *opioid == name).map(|(_, factor)| *factor);
    let of_one = |one: &Values| Some(factor(one.word("opioid")?)? * one.number("daily_dose")?);
    let total = opioids.and_then(|list| list.iter().map(of_one).sum::<Option<f64>>());
    Outcome::quantity(total, 1, missing([("opioids", opioids.is_some())])).meaning(|total| match total {
        ..50.0 => "below 50",
        ..90.0 => "50 and more: weigh benefits and risks again, offer naloxone",
        _ => "90 and more: avoid, or justify carefully",
    })
}
