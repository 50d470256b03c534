//! CURB-65.

use super::{
    Ages, Calculator, Card, Values,
    input::{ADULT_AGE, DAY, ROUND, number, whether},
    outcome::{Outcome, Tally},
};

/// Severity of community-acquired pneumonia.
pub static CURB_65: Calculator = Calculator {
    card: Card {
        name: "curb-65",
        title: "CURB-65",
        version: "Lim 2003/1",
        citation: "Lim WS et al. Thorax 2003;58:377-382",
        unit: None,
        ages: Ages::Adults,
        inputs: &[
            whether("confusion", "new confusion"),
            number("urea", "blood urea", "mmol/L", (0.1, 100.0)).within_hours(DAY).optional(),
            number("bun", "blood urea nitrogen, instead of urea", "mg/dL", (0.1, 300.0)).within_hours(DAY).optional(),
            number("respiratory_rate", "breaths a minute", "/min", (0.0, 120.0)).within_hours(ROUND),
            number("systolic_bp", "systolic blood pressure", "mm[Hg]", (0.0, 400.0)).within_hours(ROUND),
            number("diastolic_bp", "diastolic blood pressure", "mm[Hg]", (0.0, 300.0)).within_hours(ROUND),
            ADULT_AGE,
        ],
    },
    compute,
};

fn compute(values: &Values) -> Outcome {
    let (urea, nitrogen) = (values.number("urea").map(|it| it > 7.0), values.number("bun").map(|it| it > 19.0));
    let urea = if nitrogen == Some(true) { nitrogen } else { urea.or(nitrogen) };
    let low = [("systolic_bp", 90.0_f64.next_down()), ("diastolic_bp", 60.0)];
    let pressures = low.map(|(name, limit)| values.number(name).map(|pressure| pressure <= limit));
    // One that is low is enough; that neither is takes both.
    let pressure = match pressures {
        [Some(true), _] | [_, Some(true)] => Some(true),
        [Some(false), Some(false)] => Some(false),
        [None, _] | [_, None] => None,
    };
    let lacking: &[&'static str] = match pressures {
        [Some(_), None] => &["diastolic_bp"],
        [None, Some(_)] => &["systolic_bp"],
        [_, _] => &["systolic_bp", "diastolic_bp"],
    };
    Tally::default()
        .when("confusion", values.flag("confusion"), 1.0)
        .when("urea", urea, 1.0)
        .when("respiratory_rate", values.number("respiratory_rate").map(|rate| rate >= 30.0), 1.0)
        .part("blood_pressure", pressure.map(|low| if low { 1.0 } else { 0.0 }), lacking)
        .when("age", values.number("age").map(|age| age >= 65.0), 1.0)
        .score(|total| match total {
            ..=1.0 => "low",
            2.0 => "intermediate",
            _ => "high",
        })
}
