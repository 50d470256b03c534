//! FIB-4.

use super::{
    Ages, Calculator, Card, Values,
    input::{ADULT_AGE, WEEK, number},
    outcome::{Outcome, missing},
};

/// FIB-4 index of liver fibrosis.
pub static FIB_4: Calculator = Calculator {
    card: Card {
        name: "fib-4",
        title: "FIB-4",
        version: "Sterling 2006/1",
        citation: "Sterling RK et al. Hepatology 2006;43:1317-1325",
        unit: Some("1"),
        ages: Ages::Adults,
        inputs: &[
            ADULT_AGE,
            number("ast", "aspartate aminotransferase", "U/L", (1.0, 50_000.0)).within_hours(WEEK),
            number("alt", "alanine aminotransferase", "U/L", (1.0, 50_000.0)).within_hours(WEEK),
            number("platelets", "platelets", "10*9/L", (1.0, 5_000.0)).within_hours(WEEK),
        ],
    },
    compute,
};

fn compute(values: &Values) -> Outcome {
    let (age, ast) = (values.number("age"), values.number("ast"));
    let (alt, platelets) = (values.number("alt"), values.number("platelets"));
    let value =
        age.zip(ast).zip(alt.zip(platelets)).map(|((age, ast), (alt, platelets))| age * ast / (platelets * alt.sqrt()));
    let given =
        [("age", age.is_some()), ("ast", ast.is_some()), ("alt", alt.is_some()), ("platelets", platelets.is_some())];
    Outcome::quantity(value, 2, missing(given)).meaning(|index| match index {
        ..1.45 => "advanced fibrosis unlikely",
        ..=3.25 => "indeterminate",
        _ => "advanced fibrosis likely",
    })
}
