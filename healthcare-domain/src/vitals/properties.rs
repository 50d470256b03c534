//! Whatever is asked of a set of vital signs in whatever order.

use chrono::{DateTime, Duration, Utc};
use proptest::prelude::*;

use super::*;
use crate::taken::taken;

fn at(minutes: i64) -> DateTime<Utc> {
    "2026-01-01T00:00:00Z".parse::<DateTime<Utc>>().unwrap() + Duration::minutes(minutes)
}

fn why() -> Remark {
    Remark::try_from("why".to_owned()).unwrap()
}

proptest! {
    /// A set is charted once, says something, holds each sign once, and stays struck out.
    #[test]
    fn no_sequence_of_commands_reaches_an_undefined_state(
        commands in proptest::collection::vec((0u8..4, -30i64..30, proptest::collection::vec(0usize..4, 0..4), any::<bool>()), 0..30)
    ) {
        let signs = [VitalSign::HeartRate, VitalSign::SystolicBp, VitalSign::DiastolicBp, VitalSign::Spo2];
        let (mut state, mut log) = (VitalsSet::default(), vec![]);
        for (command, minute, measured, awake) in commands {
            let was = state.clone();
            let measurements = measured.iter().map(|n| Measurement::new(signs[*n], 90.into(), signs[*n].unit()).unwrap());
            let vitals = Vitals {
                measurements: measurements.collect(),
                consciousness: awake.then_some(Consciousness::Alert),
                on_oxygen: None,
                spo2_scale: Spo2Scale::default(),
                measured_at: at(minute),
                encounter: None,
            };
            let decided = if command == 0 { state.enter_in_error(why()) } else { state.record(vitals, at(0)) };
            let moved = taken(&mut state, &mut log, decided);
            prop_assert_eq!(moved, state != was);
            match &state {
                VitalsSet::Unrecorded => prop_assert!(log.is_empty()),
                VitalsSet::Recorded(held) | VitalsSet::EnteredInError(held) => {
                    prop_assert!(!held.measurements.is_empty() || held.consciousness.is_some());
                    prop_assert!(held.measured_at <= at(5));
                    for sign in signs {
                        prop_assert!(held.measurements.iter().filter(|one| one.sign() == sign).count() <= 1);
                    }
                }
            }
            prop_assert!(log.len() <= 2);
            prop_assert!(!matches!((&was, &state), (VitalsSet::EnteredInError(_), VitalsSet::Recorded(_))));
        }
    }
}
