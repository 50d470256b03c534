//! The compiled condition.

use rust_decimal::Decimal;

use healthcare_domain::code::{Coding, RXNORM};

use super::Shared;
use super::document::{Direction, Range, Scope, TableKind, Take};
use crate::dose::DrugForm;
use crate::fact::Sex;
use crate::knowledge::{DrugSet, IngredientId, Knowledge, ValueSetId};
use crate::scene::Drug;
use crate::text::Text;

/// A condition with its words and everything it refers to resolved.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Condition {
    pub(crate) words: Text,
    pub(crate) test: Test,
    /// The name by which messages call what it finds.
    pub(crate) name: Option<String>,
    /// Its number among those that several rules of a book have.
    pub(crate) shared: Option<Shared>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Test {
    All(Vec<Condition>),
    Any(Vec<Condition>),
    Not(Box<Condition>),
    Missing(Box<Condition>),
    Count(usize, Vec<Condition>),
    Age(AgeUnit, Range),
    Sex(Sex),
    Pregnant(bool),
    AllergiesAsked(bool),
    Drug { of: Scope, among: Option<WantedDrugs>, for_days: Option<Range> },
    OpioidMme(Range),
    Condition { sets: Vec<ValueSetId>, for_days: Option<Range> },
    Observation { set: ValueSetId, unit: String, range: Range, within_seconds: i64, take: Take, at_age: AgeLimits },
    Trend(Trend),
    Score { name: String, total: Option<Range>, highest_part: Option<Range>, within_seconds: i64, at_age: AgeLimits },
    Table(TableKind),
}

impl Condition {
    /// A condition that no other rule is known to have.
    pub(super) fn new(words: impl Into<Text>, test: Test, name: Option<String>) -> Self {
        Self { words: words.into(), test, name, shared: None }
    }

    /// The conditions this one is made of.
    pub(crate) fn children(&self) -> &[Self] {
        match &self.test {
            Test::All(children) | Test::Any(children) | Test::Count(_, children) => children,
            Test::Not(child) | Test::Missing(child) => std::slice::from_ref(child),
            Test::Age(..)
            | Test::Sex(_)
            | Test::Pregnant(_)
            | Test::AllergiesAsked(_)
            | Test::Drug { .. }
            | Test::OpioidMme(_)
            | Test::Condition { .. }
            | Test::Observation { .. }
            | Test::Trend(_)
            | Test::Score { .. }
            | Test::Table(_) => &[],
        }
    }
}

/// A change of a measured value.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Trend {
    pub(crate) set: ValueSetId,
    pub(crate) unit: String,
    pub(crate) direction: Direction,
    pub(crate) by: Option<Decimal>,
    pub(crate) by_percent: Option<Decimal>,
    pub(crate) within_seconds: i64,
    pub(crate) at_age: AgeLimits,
}

/// How old the patient was when a value was measured: each holds. None where any age will do.
pub(crate) type AgeLimits = Vec<(AgeUnit, Range)>;

/// The drugs a condition speaks of: by ingredient, or as one product.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct WantedDrugs {
    pub(crate) set: DrugSet,
    /// RxNorm codes of products.
    pub(crate) products: Vec<String>,
    /// In which form, where it matters.
    pub(crate) form: Option<DrugForm>,
    /// Whether what was found has to be the only ingredient.
    pub(crate) alone: bool,
}

/// By what a drug was found.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Found<'a> {
    Ingredient(IngredientId),
    Product(&'a Coding),
}

impl WantedDrugs {
    /// By what a drug is one of them, if it is known to be.
    pub(crate) fn found<'a>(&self, drug: &Drug<'a>, knowledge: &Knowledge) -> Option<Found<'a>> {
        if (self.alone && drug.mapped.ingredients.len() > 1)
            || self.form.is_some_and(|form| !drug.comes(form, knowledge))
        {
            return None;
        }
        let by_code = || drug.fact.codings.iter().find(|one| one.system == RXNORM && self.products.contains(&one.code));
        let ingredient = self.set.first_of(&drug.mapped.ingredients).map(Found::Ingredient);
        ingredient.or_else(|| by_code().map(Found::Product))
    }

    /// Why a drug that was not found might be one of them all the same.
    pub(crate) fn doubt(&self, drug: &Drug<'_>) -> Option<&'static str> {
        if drug.mapped.unrecognised.is_some() && !self.set.members.is_empty() {
            Some("was not recognised")
        } else if !self.products.is_empty() && drug.fact.codings.iter().all(|one| one.system != RXNORM) {
            Some("has no RxNorm code")
        } else {
            None
        }
    }
}

impl Found<'_> {
    /// What was found, coded.
    pub(crate) fn coding<'a>(&'a self, knowledge: &'a Knowledge) -> &'a Coding {
        match self {
            Self::Ingredient(id) => knowledge.coding(*id),
            Self::Product(coding) => coding,
        }
    }
}

/// What an age is counted in, completed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum AgeUnit {
    Years,
    Months,
    Days,
}

impl AgeUnit {
    /// In words, and as rules name it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Years => "years",
            Self::Months => "months",
            Self::Days => "days",
        }
    }
}
