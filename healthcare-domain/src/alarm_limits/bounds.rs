//! How far an alarm may be moved for one patient.

use rust_decimal::Decimal;

use super::LimitSide;
use crate::vitals::VitalSign;

/// Within which values the limits of a sign may lie on a side; none where the sign has no alarm there.
///
/// They are the ranges of CLINICAL.md outside of which a value is flagged for a second look, so that nothing so
/// extreme goes without its alarm; for saturation 80 %, for severe desaturation is never muted. They are the house's
/// to review: no published standard gives them (IEC 60601-1-8 gives priorities, not thresholds).
pub(super) fn bounds(sign: VitalSign, side: LimitSide) -> Option<(Decimal, Decimal)> {
    let (low, high) = match (sign, side) {
        (VitalSign::HeartRate, LimitSide::Low | LimitSide::High) => (20, 250),
        (VitalSign::RespiratoryRate, LimitSide::Low | LimitSide::High) => (4, 60),
        (VitalSign::Spo2, LimitSide::Low) => (80, 100),
        (VitalSign::SystolicBp, LimitSide::Low | LimitSide::High) => (40, 280),
        (VitalSign::DiastolicBp, LimitSide::Low | LimitSide::High) => (15, 180),
        (VitalSign::Temperature, LimitSide::Low | LimitSide::High) => (28, 43),
        (VitalSign::Etco2, LimitSide::Low | LimitSide::High) => (10, 100),
        (VitalSign::Spo2, LimitSide::High)
        | (VitalSign::Glucose | VitalSign::OxygenFlow | VitalSign::BodyWeight | VitalSign::BodyHeight, _) => {
            return None;
        }
    };
    Some((Decimal::from(low), Decimal::from(high)))
}
