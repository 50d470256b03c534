//! Chart 1, row by row. Values arrive rounded to chart precision, so that the bands have no gaps.

use rust_decimal::{Decimal, RoundingStrategy};

use super::Spo2Scale;

/// Rounds to the precision of the chart, half away from zero, as a person does who charts by hand: 8.5 breaths
/// are charted as 9 and 35.05 °C as 35.1. Bankers' rounding would chart 8.5 as 8, in another band.
pub(super) fn to_chart_precision(value: Decimal, places: u32) -> Decimal {
    value.round_dp_with_strategy(places, RoundingStrategy::MidpointAwayFromZero)
}

/// The first band whose upper end is at or above the value; bands are half-open upwards, so nothing falls through.
fn banded(value: Decimal, bands: &[(i64, u8)], scale: u32, above: u8) -> u8 {
    bands.iter().find(|(upper, _)| value <= Decimal::new(*upper, scale)).map_or(above, |(_, score)| *score)
}

pub(super) fn respiratory_rate(per_minute: Decimal) -> u8 {
    banded(per_minute, &[(8, 3), (11, 1), (20, 0), (24, 2)], 0, 3)
}

/// `None` where scale 2 needs to know whether oxygen is given, and that is not known.
pub(super) fn spo2(percent: Decimal, scale: Spo2Scale, on_oxygen: Option<bool>) -> Option<u8> {
    match scale {
        Spo2Scale::One => Some(banded(percent, &[(91, 3), (93, 2), (95, 1)], 0, 0)),
        Spo2Scale::Two if percent <= Decimal::from(92) => Some(banded(percent, &[(83, 3), (85, 2), (87, 1)], 0, 0)),
        Spo2Scale::Two => on_oxygen.map(|oxygen| if oxygen { banded(percent, &[(94, 1), (96, 2)], 0, 3) } else { 0 }),
    }
}

pub(super) fn oxygen(on_oxygen: bool) -> u8 {
    if on_oxygen { 2 } else { 0 }
}

pub(super) fn systolic_bp(mm_hg: Decimal) -> u8 {
    banded(mm_hg, &[(90, 3), (100, 2), (110, 1), (219, 0)], 0, 3)
}

pub(super) fn pulse(per_minute: Decimal) -> u8 {
    banded(per_minute, &[(40, 3), (50, 1), (90, 0), (110, 1), (130, 2)], 0, 3)
}

pub(super) fn temperature(celsius: Decimal) -> u8 {
    banded(celsius, &[(350, 3), (360, 1), (380, 0), (390, 1)], 1, 2)
}
