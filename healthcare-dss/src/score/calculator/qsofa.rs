//! qSOFA.

use super::{
    Ages, Calculator, Card, Values,
    input::{ROUND, count, number, whether},
    outcome::{Outcome, Tally},
};

/// Quick SOFA: who with an infection outside of intensive care may do badly.
pub static QSOFA: Calculator = Calculator {
    card: Card {
        name: "qsofa",
        title: "qSOFA",
        version: "Sepsis-3 2016/1",
        citation: "Singer M et al. JAMA 2016;315:801-810",
        unit: None,
        ages: Ages::Adults,
        inputs: &[
            number("respiratory_rate", "breaths a minute", "/min", (0.0, 120.0)).within_hours(ROUND),
            number("systolic_bp", "systolic blood pressure", "mm[Hg]", (0.0, 400.0)).within_hours(ROUND),
            whether("altered_mentation", "altered mentation; a Glasgow Coma Scale below 15 says the same")
                .within_hours(ROUND)
                .optional(),
            count("gcs", "Glasgow Coma Scale", "1", (3.0, 15.0)).within_hours(ROUND).optional(),
        ],
    },
    compute,
};

fn compute(values: &Values) -> Outcome {
    let at_least = |name: &str, limit: f64| values.number(name).map(|value| value >= limit);
    // Either is enough; that neither is so is known from one.
    let (said, by_scale) = (values.flag("altered_mentation"), values.number("gcs").map(|gcs| gcs < 15.0));
    let altered = if by_scale == Some(true) { by_scale } else { said.or(by_scale) };
    Tally::default()
        .when("respiratory_rate", at_least("respiratory_rate", 22.0), 1.0)
        .when("systolic_bp", values.number("systolic_bp").map(|pressure| pressure <= 100.0), 1.0)
        .when("altered_mentation", altered, 1.0)
        .score(|total| if total >= 2.0 { "high risk" } else { "not high risk" })
}
