//! Whatever is asked of a device in whatever order.

use chrono::{DateTime, Duration, Utc};
use proptest::prelude::*;

use super::*;
use crate::taken::taken;

fn at(minutes: i64) -> DateTime<Utc> {
    "2026-01-01T00:00:00Z".parse::<DateTime<Utc>>().unwrap() + Duration::minutes(minutes)
}

proptest! {
    /// A device is on one patient at a time, and its times follow one another: no reading has two patients.
    #[test]
    fn no_sequence_of_commands_reaches_an_undefined_state(
        commands in proptest::collection::vec((0u8..5, 0u128..3, -60i64..30), 0..60)
    ) {
        let (mut state, mut log) = (Device::default(), vec![]);
        let mut until = DateTime::<Utc>::MIN_UTC;
        for (command, n, minute) in commands {
            let serial = if n == 0 { String::new() } else { format!("M-{n}") };
            let decided = match command {
                0 => state.register(DeviceDescription { serial, kind: "monitor".into(), model: None }),
                1 | 2 => state.assign(PatientId(uuid::Uuid::from_u128(n)), at(minute), at(0)),
                _ => state.unassign(at(minute), at(0)),
            };
            let was = log.len();
            taken(&mut state, &mut log, decided);
            for event in &log[was..] {
                match event {
                    DeviceEvent::DeviceRegistered { description } => prop_assert!(!description.serial.is_empty()),
                    DeviceEvent::DeviceAssigned { at: when, .. } | DeviceEvent::DeviceUnassigned { at: when, .. } => {
                        prop_assert!(*when >= until && *when <= at(0), "{when} after {until}");
                        until = *when;
                    }
                }
            }
            match &state {
                Device::Unregistered => prop_assert!(log.is_empty()),
                Device::Free { since, .. } => prop_assert!(since.is_none_or(|since| since == until)),
                Device::Assigned { since, .. } => prop_assert_eq!(*since, until),
            }
        }
    }
}
