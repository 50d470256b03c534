//! The compiled condition.

use rust_decimal::Decimal;

use super::document::{Range, Scope, TableKind, Take};
use crate::fact::Sex;
use crate::knowledge::{DrugSet, ValueSetId};
use crate::text::Text;

/// A condition with its words and everything it refers to resolved.
#[derive(Debug, Clone)]
pub(crate) struct Condition {
    pub(crate) words: Text,
    pub(crate) test: Test,
    /// The name by which messages call what it finds.
    pub(crate) name: Option<String>,
}

#[derive(Debug, Clone)]
pub(crate) enum Test {
    All(Vec<Condition>),
    Any(Vec<Condition>),
    Not(Box<Condition>),
    Missing(Box<Condition>),
    Count(usize, Vec<Condition>),
    Age(Range),
    Sex(Sex),
    Pregnant(bool),
    AllergiesAsked(bool),
    Drug { of: Scope, among: Option<DrugSet> },
    Condition(Vec<ValueSetId>),
    Observation { set: ValueSetId, unit: String, range: Range, within_seconds: i64, take: Take },
    Score { name: String, total: Option<Range>, highest_part: Option<Range>, within_seconds: i64 },
    Table(TableKind),
}

impl Condition {
    /// The conditions this one is made of.
    pub(crate) fn children(&self) -> &[Self] {
        match &self.test {
            Test::All(children) | Test::Any(children) | Test::Count(_, children) => children,
            Test::Not(child) | Test::Missing(child) => std::slice::from_ref(child),
            Test::Age(_)
            | Test::Sex(_)
            | Test::Pregnant(_)
            | Test::AllergiesAsked(_)
            | Test::Drug { .. }
            | Test::Condition(_)
            | Test::Observation { .. }
            | Test::Score { .. }
            | Test::Table(_) => &[],
        }
    }
}

/// Years as a decimal, to compare with limits.
pub(crate) fn years(age: u16) -> Decimal {
    Decimal::from(age)
}
