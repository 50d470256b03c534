//! Age in years, months or days, as far as it is known.

use std::sync::LazyLock;

use rust_decimal::Decimal;

use super::leaf::Outcome;
use crate::explanation::{Observed, ObservedValue, Truth};
use crate::fact::{Age, PatientFacts};
use crate::rule::condition::{AgeLimits, AgeUnit};
use crate::rule::document::Range;
use crate::text::Text;

/// What an age is called in an explanation: that of now, and that at which something was measured.
static NOW: LazyLock<Text> = LazyLock::new(|| "age".into());
static THEN: LazyLock<Text> = LazyLock::new(|| "age then".into());

/// Its units, in UCUM.
static IN_YEARS: LazyLock<Text> = LazyLock::new(|| "a".into());
static IN_MONTHS: LazyLock<Text> = LazyLock::new(|| "mo".into());
static IN_DAYS: LazyLock<Text> = LazyLock::new(|| "d".into());

/// What an age comes to, held against a limit.
pub(super) struct Told {
    pub(super) truth: Truth,
    /// The age, as far as it is known.
    pub(super) observed: Option<Observed>,
    /// Why it cannot be told.
    pub(super) lacking: Option<Text>,
}

/// The age of now.
pub(super) fn evaluate(unit: AgeUnit, range: &Range, patient: &PatientFacts) -> Outcome {
    let Told { truth, observed, lacking } = held(unit, range, patient.age(), &NOW);
    let observed = observed.into_iter().collect();
    match lacking {
        Some(lacking) => Outcome::missing(lacking, observed),
        None => Outcome::of(truth, observed),
    }
}

/// The age at which something was measured, held against all limits of it: one that does not hold settles it, else one that
/// is not known leaves it open. Nothing where there are none.
pub(super) fn then(limits: &AgeLimits, age: Age) -> Option<Told> {
    let told: Vec<Told> = limits.iter().map(|(unit, range)| held(*unit, range, age, &THEN)).collect();
    let graver = |one: &Told| match one.truth {
        Truth::NotMet => 0,
        Truth::Missing => 1,
        Truth::Met => 2,
    };
    told.into_iter().min_by_key(graver)
}

/// The age in the unit of the rule where it is known in it, else what the next coarser or finer unit leaves open: who
/// is two years old is 24 to 35 months.
fn held(unit: AgeUnit, range: &Range, age: Age, what: &Text) -> Told {
    let (years, months, days) = (age.years.map(i64::from), age.months.map(i64::from), age.days.map(i64::from));
    let exactly = |age: i64| (age, age);
    let span = match unit {
        AgeUnit::Years => years.or(months.map(|months| months / 12)).map(exactly),
        AgeUnit::Months => months.map(exactly).or(years.map(|years| (years * 12, years * 12 + 11))),
        // A month has 28 to 31 days, a year 365 or 366.
        AgeUnit::Days => days
            .map(exactly)
            .or(months.map(|months| (months * 28, months * 31 + 30)))
            .or(years.map(|years| (years * 365, years * 366 + 365))),
    };
    let shown = match (days, months, years) {
        (Some(days), ..) if unit == AgeUnit::Days => Some((days, &IN_DAYS)),
        (_, Some(months), _) if unit != AgeUnit::Years => Some((months, &IN_MONTHS)),
        (.., Some(years)) => Some((years, &IN_YEARS)),
        (_, Some(months), None) => Some((months, &IN_MONTHS)),
        (Some(days), None, None) => Some((days, &IN_DAYS)),
        (None, None, None) => None,
    };
    let observed = shown.map(|(age, unit)| Observed {
        what: what.clone(),
        value: Some(ObservedValue::Number(Decimal::from(age))),
        unit: Some(Text::clone(unit)),
        source: None,
        at: None,
        age_seconds: None,
    });
    let truth = span.map_or(Truth::Missing, |(from, to)| within(range, from, to));
    let lacking = || {
        let unit = if observed.is_none() { String::new() } else { format!(" in {}", unit.name()) };
        format!("{what} is not known{unit}").into()
    };
    let lacking = (truth == Truth::Missing).then(lacking);
    Told { truth, observed, lacking }
}

/// Whether a value between two is within the limits: certainly, certainly not, or it cannot be told.
fn within(range: &Range, from: i64, to: i64) -> Truth {
    let (from, to) = (Decimal::from(from), Decimal::from(to));
    if range.holds(from) && range.holds(to) {
        return Truth::Met;
    }
    let inside = |limit: Option<Decimal>| limit.is_some_and(|limit| limit > from && limit < to);
    // Without a limit between them, what holds for one value between them holds for all.
    let some = range.holds(from) || range.holds(to) || range.holds((from + to) / Decimal::TWO);
    if some || inside(range.lowest()) || inside(range.highest()) { Truth::Missing } else { Truth::NotMet }
}

#[cfg(test)]
#[path = "age_then_test.rs"]
mod then_tests;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn patient(years: Option<u16>, months: Option<u16>, days: Option<u32>) -> PatientFacts {
        PatientFacts { age_years: years, age_months: months, age_days: days, ..PatientFacts::default() }
    }

    fn below(limit: i64) -> Range {
        Range { below: Some(Decimal::from(limit)), ..Range::default() }
    }

    /// Neither end nor the middle holds, and one limit lies between them: somewhere it holds.
    #[test]
    fn given_a_range_with_one_limit_between_two_values_when_asked_then_it_cannot_be_told() {
        let range = Range { at_least: Some(7.into()), below: Some(11.into()), ..Range::default() };
        assert_eq!(within(&range, 1, 11), Truth::Missing);
        assert_eq!(within(&range, 1, 5), Truth::NotMet);
        assert_eq!(within(&range, 11, 20), Truth::NotMet);
    }

    #[test]
    fn given_an_age_in_another_unit_when_asked_then_it_tells_as_much_as_it_can() {
        for (unit, limit, patient, expected) in [
            (AgeUnit::Years, 18, patient(Some(17), None, None), Truth::Met),
            (AgeUnit::Years, 18, patient(Some(18), None, None), Truth::NotMet),
            (AgeUnit::Years, 2, patient(None, Some(23), None), Truth::Met),
            (AgeUnit::Months, 24, patient(Some(2), None, None), Truth::NotMet),
            (AgeUnit::Months, 24, patient(Some(1), None, None), Truth::Met),
            (AgeUnit::Months, 30, patient(Some(2), None, None), Truth::Missing),
            (AgeUnit::Months, 30, patient(Some(2), Some(29), None), Truth::Met),
            (AgeUnit::Days, 28, patient(Some(0), Some(0), Some(27)), Truth::Met),
            (AgeUnit::Days, 28, patient(Some(0), Some(0), Some(28)), Truth::NotMet),
            (AgeUnit::Days, 28, patient(Some(0), Some(0), None), Truth::Missing),
            (AgeUnit::Days, 28, patient(Some(0), Some(1), None), Truth::NotMet),
            (AgeUnit::Days, 28, patient(Some(40), None, None), Truth::NotMet),
            (AgeUnit::Days, 28, patient(None, None, None), Truth::Missing),
        ] {
            let truth = evaluate(unit, &below(limit), &patient).truth();
            assert_eq!(truth, expected, "{unit:?} below {limit}: {patient:?}");
        }
    }

    /// The first limit at which it is not known, and the first at which it holds.
    #[test]
    fn given_a_coarser_age_when_asked_then_it_spans_the_shortest_to_the_longest() {
        for (unit, patient, from, to) in [
            (AgeUnit::Days, patient(None, Some(2), None), 56, 92),
            (AgeUnit::Days, patient(Some(3), None, None), 1_095, 1_463),
            (AgeUnit::Months, patient(Some(2), None, None), 24, 35),
        ] {
            let told = [from, from + 1, to, to + 1].map(|limit| evaluate(unit, &below(limit), &patient).truth());
            assert_eq!(told, [Truth::NotMet, Truth::Missing, Truth::Missing, Truth::Met], "{unit:?} {patient:?}");
            let above = |limit: i64| Range { above: Some(Decimal::from(limit)), ..Range::default() };
            let told = [from - 1, from, to - 1, to].map(|limit| evaluate(unit, &above(limit), &patient).truth());
            assert_eq!(told, [Truth::Met, Truth::Missing, Truth::Missing, Truth::NotMet], "{unit:?} {patient:?}");
        }
    }

    #[test]
    fn given_an_age_in_several_units_when_explained_then_it_is_shown_in_that_of_the_rule_or_the_nearest() {
        for (unit, patient, shown) in [
            (AgeUnit::Years, patient(Some(2), Some(29), None), "2 a"),
            (AgeUnit::Months, patient(Some(2), Some(29), None), "29 mo"),
            (AgeUnit::Days, patient(Some(0), Some(1), Some(40)), "40 d"),
            (AgeUnit::Months, patient(Some(0), Some(1), Some(40)), "1 mo"),
            (AgeUnit::Days, patient(Some(0), Some(1), None), "1 mo"),
            (AgeUnit::Days, patient(Some(3), None, None), "3 a"),
            (AgeUnit::Years, patient(None, Some(5), None), "5 mo"),
            (AgeUnit::Years, patient(None, None, Some(9)), "9 d"),
        ] {
            let observed = held(unit, &below(1), patient.age(), &NOW).observed.expect("it is known");
            assert_eq!(observed.to_string(), format!("age {shown}"), "{unit:?} {patient:?}");
        }
    }

    proptest! {
        /// Whatever is told of a span is true of each value in it.
        #[test]
        fn given_a_span_when_told_then_each_value_agrees(
            from in 0i64..40, more in 0i64..20, limit in 0i64..60, width in 0i64..10, strict in any::<bool>(), shape in 0u8..3,
        ) {
            let (low, high) = (Some(Decimal::from(limit)), Some(Decimal::from(limit + width)));
            let range = match (shape, strict) {
                (0, false) => Range { at_least: low, ..Range::default() },
                (0, true) => Range { above: low, ..Range::default() },
                (1, false) => Range { at_most: high, ..Range::default() },
                (1, true) => Range { below: high, ..Range::default() },
                (_, false) => Range { at_least: low, at_most: high, ..Range::default() },
                (_, true) => Range { above: low, below: high, ..Range::default() },
            };
            let told = within(&range, from, from + more);
            for age in from..=from + more {
                prop_assert!(told == Truth::Missing || told == range.holds(Decimal::from(age)).into());
            }
            if more == 0 {
                prop_assert_ne!(told, Truth::Missing);
            }
        }
    }
}
