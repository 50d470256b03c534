//! Setting limits for a patient.

use chrono::{DateTime, Utc};

use super::{
    AlarmLimit, AlarmLimits, AlarmLimitsError, AlarmLimitsEvent, LONGEST, LimitSide, PatientLimits, bounds::bounds,
};
use crate::{id::AccountId, vitals::VitalSign};

impl AlarmLimits {
    /// Sets the limits, in place of those before.
    ///
    /// # Errors
    /// When none is given, a sign has no alarm there, a limit lies beyond where an alarm may be moved or on the wrong
    /// side of another, or they would be over already or hold for more than 7 days.
    pub fn set(
        &self,
        limits: PatientLimits,
        by: AccountId,
        at: DateTime<Utc>,
    ) -> Result<Vec<AlarmLimitsEvent>, AlarmLimitsError> {
        let sides = [(LimitSide::Low, limits.low), (LimitSide::High, limits.high)];
        if sides.iter().all(|(_, limit)| limit.is_none()) {
            return Err(AlarmLimitsError::Empty);
        }
        for (side, limit) in sides {
            if let Some(limit) = limit {
                ensure_possible(limits.sign, side, limit)?;
            }
        }
        if let (Some(low), Some(high)) = (limits.low, limits.high)
            && low.warn >= high.warn
        {
            return Err(AlarmLimitsError::Crossed);
        }
        if limits.expires_at <= at {
            return Err(AlarmLimitsError::Expired);
        }
        if limits.expires_at - at > LONGEST {
            return Err(AlarmLimitsError::TooLong);
        }
        match self {
            Self::Set { limits: held, by: owner, .. } if *held == limits && *owner == by => Ok(vec![]),
            Self::Unset | Self::Set { .. } => Ok(vec![AlarmLimitsEvent::AlarmLimitsSet { limits, by, at }]),
        }
    }
}

/// Whether an alarm may be moved there.
fn ensure_possible(sign: VitalSign, side: LimitSide, limit: AlarmLimit) -> Result<(), AlarmLimitsError> {
    let (low, high) = bounds(sign, side).ok_or(AlarmLimitsError::NoSuchAlarm(sign, side))?;
    let within = |value| low <= value && value <= high;
    if !within(limit.warn) || !within(limit.critical) {
        return Err(AlarmLimitsError::OutOfBounds { sign, side, low, high });
    }
    let beyond = match side {
        LimitSide::Low => limit.critical < limit.warn,
        LimitSide::High => limit.critical > limit.warn,
    };
    if beyond { Ok(()) } else { Err(AlarmLimitsError::CriticalNotBeyondWarning(side)) }
}

#[cfg(test)]
mod tests {
    use chrono::Duration;
    use rust_decimal::Decimal;

    use super::*;
    use crate::{EventSourced, id::PatientId, text::Remark};

    const BY: AccountId = AccountId(uuid::Uuid::from_u128(7));

    fn now() -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000, 0).unwrap()
    }

    fn limit(warn: i64, critical: i64) -> Option<AlarmLimit> {
        Some(AlarmLimit { warn: Decimal::from(warn), critical: Decimal::from(critical) })
    }

    fn saturation() -> PatientLimits {
        PatientLimits {
            patient: PatientId(uuid::Uuid::from_u128(1)),
            sign: VitalSign::Spo2,
            low: limit(86, 82),
            high: None,
            reason: Remark::try_from("target 88 to 92 %".to_owned()).unwrap(),
            expires_at: now() + Duration::days(2),
        }
    }

    fn refused(limits: PatientLimits) -> AlarmLimitsError {
        AlarmLimits::Unset.set(limits, BY, now()).unwrap_err()
    }

    #[test]
    fn limits_are_set_with_who_and_why_and_until_when_and_the_same_again_is_nothing() {
        let set = AlarmLimits::fold(&AlarmLimits::Unset.set(saturation(), BY, now()).unwrap());
        assert_eq!(set, AlarmLimits::Set { limits: saturation(), by: BY, at: now() });
        assert_eq!(set.set(saturation(), BY, now() + Duration::hours(1)), Ok(vec![]));
        let other = AccountId(uuid::Uuid::from_u128(8));
        assert_eq!(set.set(saturation(), other, now()).unwrap().len(), 1, "somebody else answers for them now");
    }

    #[test]
    fn severe_desaturation_and_extremes_are_never_muted() {
        let mute = PatientLimits { low: limit(80, 75), ..saturation() };
        assert!(matches!(refused(mute), AlarmLimitsError::OutOfBounds { sign: VitalSign::Spo2, .. }));
        let asystole = PatientLimits { sign: VitalSign::HeartRate, low: limit(20, 10), ..saturation() };
        assert!(matches!(refused(asystole), AlarmLimitsError::OutOfBounds { .. }));
        let edge = PatientLimits { low: limit(81, 80), ..saturation() };
        assert!(AlarmLimits::Unset.set(edge, BY, now()).is_ok());
    }

    #[test]
    fn a_limit_is_sound() {
        let inverted = PatientLimits { low: limit(84, 86), ..saturation() };
        assert_eq!(refused(inverted), AlarmLimitsError::CriticalNotBeyondWarning(LimitSide::Low));
        let rate = PatientLimits { sign: VitalSign::HeartRate, ..saturation() };
        let crossed = PatientLimits { low: limit(130, 40), high: limit(120, 150), ..rate.clone() };
        assert_eq!(refused(crossed), AlarmLimitsError::Crossed);
        let none = PatientLimits { low: None, ..saturation() };
        assert_eq!(refused(none), AlarmLimitsError::Empty);
        let upper = PatientLimits { high: limit(98, 100), ..saturation() };
        assert_eq!(refused(upper), AlarmLimitsError::NoSuchAlarm(VitalSign::Spo2, LimitSide::High));
        assert!(matches!(
            refused(PatientLimits { sign: VitalSign::Glucose, ..saturation() }),
            AlarmLimitsError::NoSuchAlarm(..)
        ));
    }

    #[test]
    fn limits_expire_and_within_seven_days() {
        assert_eq!(refused(PatientLimits { expires_at: now(), ..saturation() }), AlarmLimitsError::Expired);
        let long = PatientLimits { expires_at: now() + LONGEST + Duration::seconds(1), ..saturation() };
        assert_eq!(refused(long), AlarmLimitsError::TooLong);
    }
}
