//! The body, as far as doses depend on it: weight, and a child's age in months.

use chrono::{DateTime, Datelike, Utc};
use healthcare_domain::{
    code::LOINC,
    observation::{Observation, ObservationValue},
    partial_date::PartialDate,
    quantity::Quantity,
};
use rust_decimal::Decimal;

use crate::{
    entry::content_of,
    store::StoreError,
    view::{Kind, Row},
};

/// LOINC: body weight; measured; stated.
pub(crate) const WEIGHT: [&str; 3] = ["29463-7", "3141-9", "3142-7"];

/// The weight last measured until a moment, in kilograms.
///
/// # Errors
/// When a row is damaged.
pub(super) fn weight_kg(rows: &[Row], at: DateTime<Utc>) -> Result<Option<Decimal>, StoreError> {
    let mut newest: Option<(DateTime<Utc>, Decimal)> = None;
    for row in rows.iter().filter(|row| row.kind == Kind::Vital && row.item == 0 && row.at <= at) {
        let observation: Observation = content_of(row)?;
        let is_weight = observation.code.code_in(LOINC).is_some_and(|code| WEIGHT.contains(&code));
        let Some(ObservationValue::Quantity(quantity)) = observation.value.as_ref().filter(|_| is_weight) else {
            continue;
        };
        if let Some(weight) = kilograms(quantity)
            && newest.is_none_or(|(then, _)| then <= row.at)
        {
            newest = Some((row.at, weight));
        }
    }
    Ok(newest.map(|(_, weight)| weight))
}

/// A weight in kilograms, where it is one that a living body has.
pub fn kilograms(quantity: &Quantity) -> Option<Decimal> {
    let factor = match quantity.unit.as_str() {
        "kg" => Decimal::ONE,
        "g" => Decimal::new(1, 3),
        "[lb_av]" => Decimal::new(45_359_237, 8),
        _ => return None,
    };
    let weight = quantity.value.checked_mul(factor)?.round_dp(3);
    (weight >= Decimal::new(2, 1) && weight <= Decimal::from(700)).then_some(weight)
}

/// Completed months of whoever is under 18 years, where the date of birth is known to the month. Counted from the last
/// day it can mean: a limit of age then errs to the younger side.
pub(super) fn age_months(born: PartialDate, at: DateTime<Utc>) -> Option<u16> {
    let known = match born {
        PartialDate::Year(_) => return None,
        PartialDate::Month(..) | PartialDate::Day(_) => born.last_day(),
    };
    let today = at.date_naive();
    let months = (today.year() - known.year()) * 12 + today.month().cast_signed() - known.month().cast_signed();
    let completed = if today.day() < known.day() { months - 1 } else { months };
    u16::try_from(completed.max(0)).ok().filter(|months| *months < 18 * 12)
}

/// Days of age of whoever is under two years, where the day of birth is known. Who was born tomorrow was born today, east
/// of Greenwich.
pub(super) fn age_days(born: PartialDate, at: DateTime<Utc>) -> Option<u32> {
    match born {
        PartialDate::Year(_) | PartialDate::Month(..) => None,
        PartialDate::Day(day) => {
            let days = at.date_naive().signed_duration_since(day).num_days();
            (-1..731).contains(&days).then(|| days.max(0).unsigned_abs()).and_then(|days| u32::try_from(days).ok())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn months(born: &str, on: &str) -> Option<u16> {
        age_months(born.parse().unwrap(), format!("{on}T12:00:00Z").parse().unwrap())
    }

    #[test]
    fn months_are_counted_when_they_are_full() {
        assert_eq!(months("2026-01-15", "2026-03-14"), Some(1));
        assert_eq!(months("2026-01-15", "2026-03-15"), Some(2));
        assert_eq!(months("2025-12-31", "2026-12-31"), Some(12));
        assert_eq!(months("2026-03", "2026-04-20"), Some(0), "born on the last of March at the latest");
        assert_eq!(months("2026", "2026-04-20"), None);
        assert_eq!(months("2000-01-01", "2026-04-20"), None, "grown up");
    }

    #[test]
    fn days_are_counted_where_the_day_is_known() {
        let days = |born: &str| age_days(born.parse().unwrap(), "2026-03-02T12:00:00Z".parse().unwrap());
        assert_eq!(days("2026-03-02"), Some(0));
        assert_eq!(days("2026-02-28"), Some(2));
        assert_eq!(days("2024-03-02"), Some(730));
        assert_eq!(days("2024-03-01"), None, "no newborn");
        assert_eq!(days("2026-03"), None);
        assert_eq!(days("2026-03-03"), Some(0), "it is the third already where the day begins first");
        assert_eq!(days("2026-03-04"), None, "not born yet");
    }

    #[test]
    fn weights_come_in_kilograms_or_not_at_all() {
        let weight = |value: &str, unit: &str| {
            kilograms(&Quantity { value: value.parse().unwrap(), unit: unit.into() })
                .map(|kg| kg.normalize().to_string())
        };
        assert_eq!(weight("3400", "g").as_deref(), Some("3.4"));
        assert_eq!(weight("154", "[lb_av]").as_deref(), Some("69.853"));
        assert_eq!(weight("70", "kg").as_deref(), Some("70"));
        assert_eq!(weight("70", "furlong"), None);
        assert_eq!(weight("7000", "kg"), None);
    }
}
