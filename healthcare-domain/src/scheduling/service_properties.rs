//! Whatever is asked of a type of appointment in whatever order.

use proptest::prelude::*;

use super::*;
use crate::taken::taken;

proptest! {
    /// A type that is offered can be booked: it has a name and a length and takes one to ten resources; one that is retired stays so.
    #[test]
    fn no_sequence_of_commands_reaches_an_undefined_state(
        commands in proptest::collection::vec((0u8..4, 0u16..1_500, 0u16..300, 0usize..13, any::<bool>()), 0..40)
    ) {
        let (mut state, mut log) = (AppointmentType::default(), vec![]);
        for (command, minutes, buffer, takes, named) in commands {
            let profile = ServiceProfile {
                name: if named { "Consultation".into() } else { " ".into() },
                kind: VisitKind::Routine,
                service: None,
                duration_minutes: minutes,
                buffer_before_minutes: 0,
                buffer_after_minutes: buffer,
                requires: vec![ResourceKind::Room; takes],
            };
            let was = state.clone();
            let decided = match command {
                0 => state.retire(),
                1 => state.revise(profile),
                _ => state.define(profile),
            };
            taken(&mut state, &mut log, decided);
            if let AppointmentType::Offered(held) | AppointmentType::Retired(held) = &state {
                prop_assert!((1..=1_440).contains(&held.duration_minutes) && held.buffer_after_minutes <= 240);
                prop_assert!(held.name == "Consultation" && (1..=10).contains(&held.requires.len()));
            }
            prop_assert!(!matches!(was, AppointmentType::Retired(_)) || was == state);
        }
        prop_assert_eq!(state == AppointmentType::Undefined, log.is_empty());
    }
}
