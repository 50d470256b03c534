//! Wells score for deep vein thrombosis.

use super::{
    Ages, Calculator, Card, Values,
    input::whether,
    outcome::{Outcome, Tally},
};

/// Pre-test probability of deep vein thrombosis, in two levels.
pub static WELLS_DVT: Calculator = Calculator {
    card: Card {
        name: "wells-dvt",
        title: "Wells score, deep vein thrombosis",
        version: "Wells 2003/1",
        citation: "Wells PS et al. N Engl J Med 2003;349:1227-1235",
        unit: None,
        ages: Ages::Adults,
        inputs: &[
            whether("active_cancer", "cancer treated within six months, or palliative"),
            whether("paralysis_or_immobilisation", "paralysis, paresis or plaster of a leg"),
            whether("bedridden_or_surgery", "bedridden for three days, or major surgery within twelve weeks"),
            whether("localized_tenderness", "tenderness along the deep veins"),
            whether("entire_leg_swollen", "the whole leg is swollen"),
            whether("calf_swelling", "calf more than 3 cm thicker than the other"),
            whether("pitting_oedema", "pitting oedema of that leg alone"),
            whether("collateral_veins", "collateral superficial veins, not varicose"),
            whether("previous_dvt", "deep vein thrombosis before"),
            whether("alternative_diagnosis", "another diagnosis is at least as likely"),
        ],
    },
    compute,
};

fn compute(values: &Values) -> Outcome {
    let inputs = WELLS_DVT.card.inputs.iter().map(|input| input.name);
    let points = |name: &str| if name == "alternative_diagnosis" { -2.0 } else { 1.0 };
    let tally = inputs.fold(Tally::default(), |tally, name| tally.when(name, values.flag(name), points(name)));
    tally.score(|total| if total >= 2.0 { "likely" } else { "unlikely" })
}
