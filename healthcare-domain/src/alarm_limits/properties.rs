//! Whatever limits are set in whatever order.

use proptest::prelude::*;

use super::{bounds::bounds, *};
use crate::taken::taken;

fn limit(of: Option<(i64, i64)>) -> Option<AlarmLimit> {
    of.map(|(warn, apart)| AlarmLimit { warn: Decimal::from(warn), critical: Decimal::from(warn + apart) })
}

proptest! {
    /// Whatever holds may be held: no alarm is moved to where it would never sound, none is turned round, and each ends
    /// within a week of being set, with who answers for it.
    #[test]
    fn no_sequence_of_commands_reaches_an_undefined_state(
        commands in proptest::collection::vec(
            (
                0usize..VitalSign::ALL.len(),
                proptest::option::of((0i64..300, -20i64..3)),
                proptest::option::of((0i64..300, -3i64..20)),
                -5i64..200,
                1u128..3,
            ),
            0..60,
        )
    ) {
        let (mut state, mut log, mut now) = (AlarmLimits::default(), vec![], DateTime::UNIX_EPOCH);
        for (sign, low, high, hours, who) in commands {
            now += Duration::minutes(7);
            let (was, by) = (state.clone(), AccountId(uuid::Uuid::from_u128(who)));
            let limits = PatientLimits {
                patient: PatientId(uuid::Uuid::from_u128(1)),
                sign: VitalSign::ALL[sign],
                low: limit(low),
                high: limit(high),
                reason: Remark::try_from("target 88 to 92 %".to_owned()).unwrap(),
                expires_at: now + Duration::hours(hours),
            };
            let decided = state.set(limits.clone(), by, now);
            if !taken(&mut state, &mut log, decided) {
                prop_assert_eq!(&state, &was);
                continue;
            }
            let AlarmLimits::Set { limits: held, by: owner, at } = &state else { panic!("set to nothing") };
            prop_assert!(*held == limits && *owner == by && (*at == now || state == was));
            prop_assert!(held.expires_at > now && held.expires_at <= now + LONGEST);
            prop_assert!(held.low.is_some() || held.high.is_some());
            for (side, one) in [(LimitSide::Low, held.low), (LimitSide::High, held.high)] {
                let Some(AlarmLimit { warn, critical }) = one else { continue };
                let (least, most) = bounds(held.sign, side).expect("a side without an alarm has no limit");
                prop_assert!(least <= warn.min(critical) && warn.max(critical) <= most);
                let beyond = if side == LimitSide::Low { critical < warn } else { critical > warn };
                prop_assert!(beyond, "it is turned round");
                prop_assert!(held.sign != VitalSign::Spo2 || warn.min(critical) >= Decimal::from(80), "never muted");
            }
            if let (Some(low), Some(high)) = (held.low, held.high) {
                prop_assert!(low.warn < high.warn);
            }
        }
        prop_assert_eq!(state == AlarmLimits::Unset, log.is_empty());
    }
}
