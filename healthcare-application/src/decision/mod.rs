//! Decision support over the record: facts are gathered, rules judged, every judgement kept.

mod body;
mod evaluate;
mod facts;
mod justify;
mod review;
mod whereabouts;

pub(crate) use body::WEIGHT;
pub use body::kilograms;
pub use evaluate::{Outcome, RuleOutcome, judge, judge_in_shadow, record};
pub use facts::{facts, medication as medication_fact, numbers, patient_facts};
pub use justify::{Justification, OtherRule, RuleInForce, justify_suggestion};
pub use review::{Reviewed, review_patient};
pub use whereabouts::rules_for;
