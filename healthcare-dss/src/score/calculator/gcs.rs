//! Glasgow Coma Scale.

use super::{
    Ages, Calculator, Card, Values,
    input::count,
    outcome::{Outcome, Tally},
};

/// Glasgow Coma Scale. What cannot be tested is left out: a total with it would be no total.
pub static GCS: Calculator = Calculator {
    card: Card {
        name: "gcs",
        title: "Glasgow Coma Scale",
        version: "1974/1",
        citation: "Teasdale G, Jennett B. Lancet 1974;2:81-84; severity of head injury: Teasdale G et al. Lancet Neurol 2014",
        unit: None,
        ages: Ages::All,
        inputs: &[
            count("eye", "eye opening: 4 spontaneous, 3 to sound, 2 to pressure, 1 none", "1", (1.0, 4.0)),
            count("verbal", "verbal response: 5 orientated, 4 confused, 3 words, 2 sounds, 1 none", "1", (1.0, 5.0)),
            count(
                "motor",
                "motor response: 6 obeys, 5 localising, 4 normal flexion, 3 abnormal flexion, 2 extension, 1 none",
                "1",
                (1.0, 6.0),
            ),
        ],
    },
    compute,
};

fn compute(values: &Values) -> Outcome {
    let parts = ["eye", "verbal", "motor"];
    let tally = parts.into_iter().fold(Tally::default(), |tally, part| tally.part(part, values.number(part), &[part]));
    tally.score(|total| match total {
        ..=8.0 => "severe",
        ..=12.0 => "moderate",
        _ => "mild",
    })
}
