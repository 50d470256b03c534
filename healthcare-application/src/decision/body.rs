//! The body, as far as doses depend on it: its weight.

use chrono::{DateTime, Utc};
use healthcare_domain::{
    code::LOINC,
    observation::{Observation, ObservationValue},
    quantity::Quantity,
    vitals::VitalSign,
};
use healthcare_dss::ucum;
use rust_decimal::Decimal;

use crate::{
    entry::content_of,
    score::{Sign, charted},
    store::StoreError,
    view::{Kind, Row},
};

/// LOINC: body weight; measured; stated.
pub(crate) const WEIGHT: [&str; 3] = ["29463-7", "3141-9", "3142-7"];

/// The weight that a row holds, in kilograms, and when it was taken; none where it holds something else. It stands in a set
/// that was charted here, or in an observation that came from elsewhere, under whichever heading it did.
///
/// # Errors
/// When the row is damaged.
pub(super) fn weight(row: &Row) -> Result<Option<(DateTime<Utc>, Decimal)>, StoreError> {
    let coded = row.code.as_deref().is_some_and(|code| WEIGHT.contains(&code));
    let may_hold =
        row.kind == Kind::Vital && row.item == 0 || coded && matches!(row.kind, Kind::Vital | Kind::Laboratory);
    if !may_hold {
        return Ok(None);
    }
    if row.item > 0 {
        let of_set = charted(row)?.into_iter().find_map(|one| match one.what {
            Sign::Number(VitalSign::BodyWeight, kilograms) => Some((row.at, kilograms)),
            _ => None,
        });
        return Ok(of_set);
    }
    let observation: Observation = content_of(row)?;
    let is_weight = observation.code.code_in(LOINC).is_some_and(|code| WEIGHT.contains(&code));
    Ok(match observation.value.as_ref().filter(|_| is_weight) {
        Some(ObservationValue::Quantity(quantity)) => kilograms(quantity).map(|weight| (row.at, weight)),
        _ => None,
    })
}

/// A weight in kilograms, where it is one that a living body has.
pub fn kilograms(quantity: &Quantity) -> Option<Decimal> {
    let factor = match ucum(&quantity.unit) {
        "kg" => Decimal::ONE,
        "g" => Decimal::new(1, 3),
        "[lb_av]" => Decimal::new(45_359_237, 8),
        _ => return None,
    };
    let weight = quantity.value.checked_mul(factor)?.round_dp(3);
    (weight >= Decimal::new(2, 1) && weight <= Decimal::from(700)).then_some(weight)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_come_in_kilograms_or_not_at_all() {
        let weight = |value: &str, unit: &str| {
            kilograms(&Quantity { value: value.parse().unwrap(), unit: unit.into() })
                .map(|kg| kg.normalize().to_string())
        };
        assert_eq!(weight("3400", "g").as_deref(), Some("3.4"));
        assert_eq!(weight("154", "[lb_av]").as_deref(), Some("69.853"));
        assert_eq!(weight("70", "kg").as_deref(), Some("70"));
        assert_eq!(weight("154", "lbs").as_deref(), Some("69.853"));
        assert_eq!(weight("70", "furlong"), None);
        assert_eq!(weight("7000", "kg"), None);
    }
}
