//! Decision support over the record: facts are gathered, rules judged, every judgement kept.

mod age;
mod alike;
mod body;
mod corrected;
mod daily;
mod edition;
mod evaluate;
mod facts;
mod justify;
mod replay;
mod review;
mod said;
mod shown;
mod signing;
mod told;
mod unread;
mod whereabouts;

pub use age::{Lifetime, born};
pub use alike::Alike;
pub(crate) use body::WEIGHT;
pub use body::kilograms;
pub(crate) use corrected::puts_right;
pub use daily::{BY_TIME, DailyLook};
pub use edition::{BookOfThen, book_of_then};
pub use evaluate::{ENDS_FACTS, Outcome, RuleOutcome, is_hook, judge, judge_in_shadow, lines, record};
pub use facts::{NEWEST, Reading, VITALS, VITALS_HOURS, facts, patient_facts};
pub(crate) use facts::{gather, mentation_of, news2_of};
pub use justify::{Justification, OtherRule, RuleInForce, justify_suggestion};
pub use replay::{Difference, ReplayOutcome, Replayed, replay_decision, replay_stored};
pub(crate) use review::lacking;
pub use review::{Occasion, Reviewed, review_patient};
pub use said::{GCS, medication as medication_fact, numbers};
pub(crate) use said::{Said, condition_codings};
pub use shown::{Answer, Shown, ShownVia, answers};
pub use signing::Interruption;
pub(crate) use signing::{
    Against, Drafted, Looked, Signature, check, interrupts, keep, lacks, rows_of, sign, sign_from, tell,
};
pub(crate) use told::{Open, Told, grave, holding, news, overridden};
pub(crate) use unread::unread;
pub use whereabouts::rules_for;
