//! Decision support: JSON rule sets and clinical scores, evaluated purely and explained.
//!
//! No I/O, no clock, no async: the caller gathers [`Facts`], names the [`Trigger`] and receives an
//! [`Evaluation`], the same bytes for the same facts and rule versions. A rule never acts: it emits [`Finding`]s
//! with [`Proposal`]s, data that the application maps to commands.
//!
//! - [`score`]: clinical scores
//! - [`knowledge`]: drugs, classes, value sets and the tables rules look into (`knowledge/*.json`)
//! - [`rule`]: the rule document (`rules/*.json`), compiled into a [`RuleBook`]

pub mod bench;
mod book;
mod dose;
mod edition;
mod evaluation;
mod evidence;
mod explanation;
mod fact;
mod finding;
pub mod knowledge;
pub mod number;
mod proposal;
pub mod rule;
mod scene;
pub mod score;
mod text;
mod unit;

pub use book::{RuleBook, Trigger};
pub use dose::{Amount, DoseFact, Route};
pub use edition::{Edition, RuleText};
pub use evaluation::{Evaluation, Judgement, RuleRef, Unmet, Verdict};
pub use evidence::{Evidence, EvidenceGrade, SourceRead};
pub use explanation::{Explanation, Observed, ObservedValue, Tree, Truth};
pub use fact::{
    Age, AllergyFact, AllergyKind, AllergyKnowledge, Bound, ConditionFact, Criticality, EarlierAge, EventRef, Facts,
    MedicationFact, ObservationFact, PatientFacts, ScoreFact, Sex,
};
pub use finding::{Aspect, Finding, Link, Severity, short_summary};
pub use proposal::Proposal;
pub use rule::RuleError;
pub use text::Text;
pub use unit::ucum;
