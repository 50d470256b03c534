//! How much of a drug, how often: as an order says it, or read from words such as "500 mg twice daily".

mod route;
mod words;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

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
    /// Two doses that hold beside each other as one: of the larger amount, as often as comes to the same. Where they cannot be
    /// summed, how much a day is not known, and is not told as that of one.
    #[must_use]
    pub fn together(&self, other: &Self) -> Self {
        let amounts = self.amount.as_ref().zip(other.amount.as_ref()).filter(|(a, b)| a.unit == b.unit);
        let larger = amounts.map(|(a, b)| if a.value >= b.value { a } else { b });
        let times = || {
            let (a, b) = amounts?;
            let of_one = a.value.checked_mul(self.times_per_day?)?;
            let of_other = b.value.checked_mul(other.times_per_day?)?;
            of_one.checked_add(of_other)?.checked_div(larger?.value)
        };
        let times = times();
        let known = self.amount.is_some() || other.amount.is_some();
        Self {
            amount: larger.cloned(),
            times_per_day: times,
            max_per_day: self.max_per_day.clone().or_else(|| other.max_per_day.clone()),
            as_needed: self.as_needed && other.as_needed,
            unread: times.is_none() && (known || self.unread || other.unread),
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
        let unread = steps.iter().any(|step| step.unread);
        let a_day = |dose: &Self| {
            let amount = dose.amount.as_ref()?;
            amount.value.checked_mul(dose.times_per_day.unwrap_or(Decimal::ONE))
        };
        // Of equals the first.
        let most = steps.into_iter().rev().max_by_key(|dose| a_day(dose).unwrap_or_default()).unwrap_or_default();
        // What of one step is not known may be more than what is known of another.
        if unread && !most.unread { Self { times_per_day: None, unread, ..most } } else { most }
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
        let factor = match self.unit.as_str() {
            "mg" => Decimal::ONE,
            "g" => Decimal::ONE_THOUSAND,
            "ug" => Decimal::new(1, 3),
            "ng" => Decimal::new(1, 6),
            "kg" => Decimal::new(1_000_000, 0),
            _ => return None,
        };
        self.value.checked_mul(factor)
    }
}

impl std::fmt::Display for Amount {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { value, unit } = self;
        write!(f, "{} {}", value.normalize(), unit.trim_matches(['{', '}']))
    }
}
