use proptest::prelude::*;

use super::{CdsClient, Registration, registration::ehr};
use crate::EventSourced;

proptest! {
    /// No sequence of commands leaves a state that its events do not give again, and what was removed stays removed.
    #[test]
    fn the_state_is_the_fold_of_its_events(commands in proptest::collection::vec((0u8..3, 0u8..4), 0..40)) {
        let mut state = CdsClient::default();
        let mut events = vec![];
        let mut removed = false;
        for (command, name) in commands {
            let registration = Registration { name: "x".repeat(name.into()), ..ehr() };
            let decided = match command {
                0 => state.register(registration),
                1 => state.change(registration),
                _ => state.remove(),
            };
            for event in decided.unwrap_or_default() {
                state.apply(&event);
                events.push(event);
            }
            removed |= state == CdsClient::Removed;
            prop_assert!(!removed || state == CdsClient::Removed);
            prop_assert!(state.registration().is_none_or(|known| known.check().is_ok()));
        }
        prop_assert_eq!(CdsClient::fold(&events), state);
    }
}
