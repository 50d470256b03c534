//! What a dozen shipped rules say of their own cases, word by word: a change of any of it is seen and meant.
//!
//! After a change that is meant: `INSTA_UPDATE=always cargo test -p healthcare-dss --test golden`.

use healthcare_dss::{RuleBook, Verdict};
use std::fmt::Write as _;

/// Every case of the rule in words, and its first case whole, as it is kept and sent.
fn told(rule: &str) -> String {
    let book = RuleBook::embedded().unwrap();
    let document = book.document(rule).unwrap();
    let mut told = format!("{} (version {})\n", document.title, document.version);
    for case in &document.tests {
        let judgement = book.judge_one(rule, &case.given.facts()).unwrap();
        let verdict = match &judgement.verdict {
            Verdict::Fired { .. } => "fired",
            Verdict::NotFired { .. } => "not fired",
            Verdict::Lacking { .. } => "lacking",
            Verdict::Unavailable { .. } => "unavailable",
        };
        write!(told, "\n# {}: {verdict}\n", case.name).unwrap();
        for finding in judgement.findings() {
            let severity = format!("{:?}", finding.severity).to_lowercase();
            write!(told, "{severity}: {}\n{}\n", finding.summary, finding.detail).unwrap();
        }
        told.push_str(&judgement.explanation().unwrap().words());
    }
    let first = book.judge_one(rule, &document.tests[0].given.facts()).unwrap();
    write!(told, "\n{}\n", serde_json::to_string_pretty(&first).unwrap()).unwrap();
    told
}

macro_rules! golden {
    ($($test:ident: $rule:literal),* $(,)?) => {
        $(
            #[test]
            fn $test() {
                insta::assert_snapshot!($rule, told($rule));
            }
        )*
    };
}

golden! {
    a_drug_by_renal_function: "metformin-egfr-below-30",
    a_drug_whose_renal_function_is_not_known: "metformin-egfr-unknown",
    a_drug_and_a_measurement: "digoxin-hypokalaemia",
    drugs_together: "opioid-with-sedatives",
    a_pair_of_drugs: "drug-interaction",
    a_drug_and_an_allergy: "allergy-conflict",
    a_drug_and_a_condition: "contraindication",
    a_drug_in_pregnancy: "pregnancy-contraindication",
    a_drug_at_an_age: "age-caution",
    a_drug_twice: "duplicate-therapy",
    a_drug_that_nobody_knows: "drug-not-checked",
    a_critical_result: "critical-potassium-high",
    a_score: "news2-high",
    a_count: "qsofa",
    a_score_and_a_result: "sepsis-lactate",
}
