//! Limits of a value.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::fact::Bound;

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

    /// Whether a value is within the limits of which only a bound may be known; none where values on that side lie within
    /// them and others do not. What is measured is never below zero.
    #[must_use]
    pub(crate) fn settled(&self, value: Decimal, bound: Option<Bound>) -> Option<bool> {
        let Self { at_least, above, at_most, below } = *self;
        let (at_bound, rises) = match bound {
            None => return Some(self.holds(value)),
            Some(Bound::AtLeast) => (true, true),
            Some(Bound::Above) => (false, true),
            Some(Bound::AtMost) => (true, false),
            Some(Bound::Below) => (false, false),
        };
        // The bound itself is a value, or only what lies beyond it.
        let reaches = |limit: Decimal, open: bool| match value.cmp(&limit) {
            std::cmp::Ordering::Equal => !(open && at_bound),
            order => (order == std::cmp::Ordering::Greater) == rises,
        };
        let misses = |limit: Decimal, open: bool| match value.cmp(&limit) {
            std::cmp::Ordering::Equal => open || !at_bound,
            order => (order == std::cmp::Ordering::Greater) == rises,
        };
        let (lower, upper) = ([(at_least, false), (above, true)], [(at_most, false), (below, true)]);
        let (near, far) = if rises { (lower, upper) } else { (upper, lower) };
        let given = |(limit, open): (Option<Decimal>, bool)| limit.map(|limit| (limit, open));
        if far.into_iter().filter_map(given).any(|(limit, open)| misses(limit, open)) {
            return Some(false);
        }
        let always = |(limit, open): (Decimal, bool)| !rises && !open && limit <= Decimal::ZERO;
        let far_holds = far.into_iter().filter_map(given).all(always);
        (far_holds && near.into_iter().filter_map(given).all(|(limit, open)| reaches(limit, open))).then_some(true)
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

#[cfg(test)]
mod tests {
    use super::*;

    fn range(json: &str) -> Range {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn given_a_bound_when_it_lies_beyond_the_limits_or_short_of_them_then_only_what_it_settles_is_told() {
        for (limits, bound, expected) in [
            (r#"{"at_least": 6.5}"#, ">9", Some(true)),
            (r#"{"at_least": 6.5}"#, ">=6.5", Some(true)),
            (r#"{"at_least": 6.5}"#, ">6.5", Some(true)),
            (r#"{"at_least": 6.5}"#, ">5", None),
            (r#"{"at_least": 6.5}"#, "<6.5", Some(false)),
            (r#"{"at_least": 6.5}"#, "<=6.5", None),
            (r#"{"at_least": 6.5}"#, "<7", None),
            (r#"{"above": 6.5}"#, ">6.5", Some(true)),
            (r#"{"above": 6.5}"#, ">=6.5", None),
            (r#"{"above": 6.5}"#, "<=6.5", Some(false)),
            (r#"{"below": 15}"#, "<15", Some(true)),
            (r#"{"below": 15}"#, "<=15", None),
            (r#"{"below": 15}"#, "<20", None),
            (r#"{"below": 15}"#, ">=15", Some(false)),
            (r#"{"below": 15}"#, ">60", Some(false)),
            (r#"{"at_most": 15}"#, "<=15", Some(true)),
            (r#"{"at_most": 15}"#, ">15", Some(false)),
            (r#"{"at_most": 15}"#, ">=15", None),
            (r#"{"at_least": 30, "below": 45}"#, "<15", Some(false)),
            (r#"{"at_least": 30, "below": 45}"#, "<40", None),
            (r#"{"at_least": 30, "below": 45}"#, ">=60", Some(false)),
            (r#"{"at_least": 30, "below": 45}"#, ">30", None),
            (r#"{"at_least": 0}"#, "<15", Some(true)),
            (r#"{"above": 0}"#, "<15", None),
        ] {
            let (sign, number) = Bound::read(bound).unwrap();
            let settled = range(limits).settled(number.parse().unwrap(), Some(sign));
            assert_eq!(settled, expected, "{limits} {bound}");
        }
        assert_eq!(range(r#"{"below": 15}"#).settled(Decimal::from(15), None), Some(false));
    }
}
