//! Limits of a value.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Limits; each given one must hold.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Range {
    /// ≥
    #[serde(default, deserialize_with = "crate::number::optional", skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = crate::number::schema)]
    pub at_least: Option<Decimal>,
    /// >
    #[serde(default, deserialize_with = "crate::number::optional", skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = crate::number::schema)]
    pub above: Option<Decimal>,
    /// ≤
    #[serde(default, deserialize_with = "crate::number::optional", skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = crate::number::schema)]
    pub at_most: Option<Decimal>,
    /// <
    #[serde(default, deserialize_with = "crate::number::optional", skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = crate::number::schema)]
    pub below: Option<Decimal>,
}

impl Range {
    /// Whether a value is within the limits.
    #[must_use]
    pub fn holds(&self, value: Decimal) -> bool {
        let Self { at_least, above, at_most, below } = *self;
        at_least.is_none_or(|limit| value >= limit)
            && above.is_none_or(|limit| value > limit)
            && at_most.is_none_or(|limit| value <= limit)
            && below.is_none_or(|limit| value < limit)
    }

    /// Whether no limit is given.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The lower limit, whether the value itself is within it or not.
    #[must_use]
    pub fn lowest(&self) -> Option<Decimal> {
        self.at_least.max(self.above)
    }

    /// The upper limit, whether the value itself is within it or not.
    #[must_use]
    pub fn highest(&self) -> Option<Decimal> {
        [self.at_most, self.below].into_iter().flatten().min()
    }

    /// Whether there is only a lower limit, so that a value that can only grow settles it.
    #[must_use]
    pub fn only_from_below(&self) -> bool {
        self.at_most.is_none() && self.below.is_none()
    }

    /// In words, such as "at least 6.0 and below 7".
    #[must_use]
    pub fn words(&self) -> String {
        let Self { at_least, above, at_most, below } = *self;
        [("at least", at_least), ("above", above), ("at most", at_most), ("below", below)]
            .into_iter()
            .filter_map(|(word, limit)| limit.map(|limit| format!("{word} {limit}")))
            .collect::<Vec<_>>()
            .join(" and ")
    }
}
