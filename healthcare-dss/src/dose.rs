//! How much of a drug, how often: as an order says it, or read from words such as "500 mg twice daily".

mod form;
mod route;
mod words;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use form::DrugForm;
pub use route::Route;

/// An amount with its UCUM unit: `500 mg`, `2 {tablet}`, `12 ug/h`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = DoseAmount)]
pub struct Amount {
    /// How much.
    #[serde(deserialize_with = "crate::number::decimal")]
    #[schema(value_type = String)]
    pub value: Decimal,
    /// The UCUM unit; what is counted stands in braces: `{tablet}`, `{puff}`.
    pub unit: String,
}

/// The dose of a medication as far as it is known. Each part may be missing, and what is missing is never guessed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct DoseFact {
    /// How much at a time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amount: Option<Amount>,
    /// How many doses a day at most; one every 8 hours is 3, one a week is 1/7.
    #[serde(deserialize_with = "crate::number::optional", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub times_per_day: Option<Decimal>,
    /// The most a day, where the order limits it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_per_day: Option<Amount>,
    /// Given only when needed.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub as_needed: bool,
    /// How often was told in words that could not be read: what comes to a day is not known, and is not nothing.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub unread: bool,
}

impl DoseFact {
    /// Whether nothing is known of it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The dose of an order that has its amount as a quantity and its frequency in words.
    #[must_use]
    pub fn of_order(amount: Option<(Decimal, &str)>, frequency: Option<&str>, as_needed: bool) -> Self {
        let mut worded = frequency.map(Self::from_words).unwrap_or_default();
        let amount = amount.map(|(value, unit)| Amount::new(value, unit));
        let amount = amount.or(worded.amount.take());
        let unread = amount.is_some()
            && worded.times_per_day.is_none()
            && worded.max_per_day.is_none()
            && frequency.is_some_and(words::tells_how_often);
        Self { amount, as_needed: as_needed || worded.as_needed, unread, ..worded }
    }
}

impl DoseFact {
    /// Two doses that hold beside each other as one: of the larger amount, as often as comes to the same. What is limited is limited
    /// by the sum of both limits. Where they cannot be summed, what is known of one is the least that it comes to: it is
    /// kept, and `unread` says that there is more.
    #[must_use]
    pub fn together(&self, other: &Self) -> Self {
        let as_needed = self.as_needed && other.as_needed;
        let sum = |one: Option<Amount>, more: Option<Amount>| one?.plus(&more?);
        let amount = Amount::larger(self.amount.as_ref(), other.amount.as_ref()).cloned();
        let most = |dose: &Self| dose.max_per_day.clone().or_else(|| dose.product());
        let limited = self.max_per_day.is_some() || other.max_per_day.is_some();
        let product = sum(self.product(), other.product());
        let max_per_day = limited.then(|| sum(most(self), most(other))).flatten();
        if product.is_some() || max_per_day.is_some() {
            let times_per_day = product.and_then(|product| product.times(amount.as_ref()?));
            let amount = amount.or_else(|| self.amount.clone());
            return Self { amount, times_per_day, max_per_day, as_needed, unread: self.unread || other.unread };
        }
        let told = |dose: &Self| dose.amount.is_some() || dose.max_per_day.is_some() || dose.unread;
        let least = match (self.a_day(), other.a_day()) {
            (Some(_), None) => self,
            (None, Some(_)) => other,
            (Some(_), Some(_)) | (None, None) if other.is_more_than(self) == Some(true) => other,
            (Some(_), Some(_)) | (None, None) => self,
        };
        let amount = amount.or_else(|| least.amount.clone());
        let a_day = least.product().and_then(|_| least.a_day());
        Self {
            times_per_day: a_day.and_then(|a_day| a_day.times(amount.as_ref()?)),
            amount,
            max_per_day: least.max_per_day.clone(),
            as_needed,
            unread: told(self) || told(other),
        }
    }

    /// The dose of an order with several instructions: those that hold beside each other are summed, and of several one after the
    /// other that counts which comes to the most a day. Of each, whether it follows the one before.
    #[must_use]
    pub fn of_instructions(all: impl IntoIterator<Item = (bool, Self)>) -> Self {
        let mut steps: Vec<Self> = vec![];
        for (follows, dose) in all {
            match steps.last_mut() {
                Some(step) if !follows => *step = step.together(&dose),
                _ => steps.push(dose),
            }
        }
        Self::of_steps(steps)
    }

    /// Of several doses one after the other that which comes to the most a day; of equals the first. What of one step is not known,
    /// or cannot be compared, may be more than what is known of another: `unread` says so.
    #[must_use]
    pub fn of_steps(steps: impl IntoIterator<Item = Self>) -> Self {
        let more = |most: Self, step: Self| {
            let is_more = step.is_more_than(&most);
            let unread = most.unread || step.unread || is_more.is_none();
            let (most, other) = if is_more == Some(true) { (step, most) } else { (most, step) };
            // Of a dose without how often, at least what another comes to.
            let least = || other.a_day().filter(|_| most.a_day().is_none())?.times(most.amount.as_ref()?);
            let guessed = if most.times_per_day.is_none() { least() } else { None };
            let unread = unread || guessed.is_some();
            Self { unread, times_per_day: most.times_per_day.or(guessed), ..most }
        };
        steps.into_iter().reduce(more).unwrap_or_default()
    }

    /// Whether it comes to more a day than another; what is told without how often, to one dose. `None` where the two
    /// cannot be compared.
    fn is_more_than(&self, other: &Self) -> Option<bool> {
        let (own, others) =
            (self.a_day().or_else(|| self.amount.clone()), other.a_day().or_else(|| other.amount.clone()));
        match (own, others) {
            (Some(own), Some(others)) => Some(own.value > others.value_of(&own)?),
            (own, _) => Some(own.is_some()),
        }
    }

    /// What it comes to in a day by its frequency.
    fn product(&self) -> Option<Amount> {
        let amount = self.amount.as_ref()?;
        Some(Amount { value: amount.value.checked_mul(self.times_per_day?)?, unit: amount.unit.clone() })
    }

    /// What it comes to in a day at most: by its frequency and by its limit, whichever is less.
    fn a_day(&self) -> Option<Amount> {
        match (self.product(), self.max_per_day.clone()) {
            (Some(product), Some(most)) if most.value_of(&product).is_some_and(|most| most < product.value) => {
                Some(most)
            }
            (product, most) => product.or(most),
        }
    }
}

impl Amount {
    /// How much it is in the unit of another, where both are of one unit, or of mass.
    fn value_of(&self, other: &Self) -> Option<Decimal> {
        if self.unit == other.unit {
            return Some(self.value);
        }
        self.milligrams()?.checked_div(milligrams_in(&other.unit)?)
    }

    /// Both together, in its own unit.
    fn plus(&self, other: &Self) -> Option<Self> {
        let value = self.value.checked_add(other.value_of(self)?)?;
        Some(Self { value, unit: self.unit.clone() })
    }

    /// How many times another goes into it.
    fn times(&self, other: &Self) -> Option<Decimal> {
        self.value_of(other)?.checked_div(other.value)
    }

    /// The larger; of two that cannot be compared none, and of one that one.
    fn larger<'a>(one: Option<&'a Self>, other: Option<&'a Self>) -> Option<&'a Self> {
        match (one, other) {
            (Some(one), Some(other)) => Some(if other.value_of(one)? > one.value { other } else { one }),
            (one, other) => one.or(other),
        }
    }
}

/// How many milligrams a unit of mass is.
fn milligrams_in(unit: &str) -> Option<Decimal> {
    match unit {
        "mg" => Some(Decimal::ONE),
        "g" => Some(Decimal::ONE_THOUSAND),
        "ug" => Some(Decimal::new(1, 3)),
        "ng" => Some(Decimal::new(1, 6)),
        "kg" => Some(Decimal::new(1_000_000, 0)),
        _ => None,
    }
}

impl Amount {
    /// An amount, its unit as people write it turned into UCUM where it is known.
    #[must_use]
    pub fn new(value: Decimal, unit: &str) -> Self {
        Self { value, unit: words::unit(unit) }
    }

    /// The amount in milligrams, where its unit is one of mass.
    #[must_use]
    pub fn milligrams(&self) -> Option<Decimal> {
        self.value.checked_mul(milligrams_in(&self.unit)?)
    }
}

impl std::fmt::Display for Amount {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { value, unit } = self;
        write!(f, "{} {}", value.normalize(), unit.trim_matches(['{', '}']))
    }
}
