//! From values and scores to alerts: when to raise one, make it worse, and end it.

mod condition;
pub(crate) mod describe;
mod machine;
mod policy;
mod rule;

pub use condition::{basis, judge_score};
pub use machine::{Alarm, Turn, Verdict, step};
pub use policy::{Limit, LimitOverride, Policy, VERSION};
pub use rule::{Rule, Side, UnknownRule};
