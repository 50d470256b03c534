//! Wells score for pulmonary embolism.

use super::{
    Ages, Calculator, Card, Values,
    input::{ROUND, number, whether},
    outcome::{Outcome, Tally},
};

/// Pre-test probability of pulmonary embolism, in two levels.
pub static WELLS_PE: Calculator = Calculator {
    card: Card {
        name: "wells-pe",
        title: "Wells score, pulmonary embolism",
        version: "Wells 2000/1",
        citation: "Wells PS et al. Thromb Haemost 2000;83:416-420; two levels: van Belle A et al. JAMA 2006;295:172-179",
        unit: None,
        ages: Ages::Adults,
        inputs: &[
            whether("signs_of_dvt", "clinical signs of deep vein thrombosis"),
            whether("pe_most_likely", "pulmonary embolism is the most likely diagnosis, or as likely as any"),
            number("heart_rate", "beats a minute", "/min", (0.0, 350.0)).within_hours(ROUND),
            whether("immobilisation_or_surgery", "immobilised for three days, or surgery within four weeks"),
            whether("previous_dvt_or_pe", "deep vein thrombosis or pulmonary embolism before"),
            whether("haemoptysis", "haemoptysis"),
            whether("malignancy", "cancer treated within six months, or palliative"),
        ],
    },
    compute,
};

fn compute(values: &Values) -> Outcome {
    let flag = |name: &'static str| values.flag(name);
    Tally::default()
        .when("signs_of_dvt", flag("signs_of_dvt"), 3.0)
        .when("pe_most_likely", flag("pe_most_likely"), 3.0)
        .when("heart_rate", values.number("heart_rate").map(|rate| rate > 100.0), 1.5)
        .when("immobilisation_or_surgery", flag("immobilisation_or_surgery"), 1.5)
        .when("previous_dvt_or_pe", flag("previous_dvt_or_pe"), 1.5)
        .when("haemoptysis", flag("haemoptysis"), 1.0)
        .when("malignancy", flag("malignancy"), 1.0)
        .score(|total| if total > 4.0 { "likely" } else { "unlikely" })
}
