//! Whatever is asked of an allergy in whatever order.

use proptest::prelude::*;

use super::*;

proptest! {
    /// What was decided folds to the state it led to; an allergy keeps a substance; what was struck out stays so.
    #[test]
    fn no_sequence_of_commands_reaches_an_undefined_state(
        commands in proptest::collection::vec((0u8..6, 0u8..3, any::<bool>()), 0..60)
    ) {
        let (mut state, mut log) = (AllergyRecord::default(), vec![]);
        for (command, n, with_reason) in commands {
            let why = || Remark::try_from("why".to_owned()).unwrap();
            let verification = [Verification::Unconfirmed, Verification::Confirmed, Verification::Refuted][usize::from(n)];
            let substance = if n == 2 && with_reason { CodeableConcept::default() } else { CodeableConcept::words("Latex") };
            let allergy = Allergy { verification, note: Some(format!("{n}")), ..Allergy::to(substance) };
            let decided = match command {
                0 => state.add(allergy),
                1 => state.amend(allergy),
                2 => state.remove(why()),
                3 => state.reactivate(why()),
                4 => state.verify(verification, with_reason.then(why)),
                _ if n == 2 && with_reason => state.enter_in_error(why()),
                _ => continue,
            };
            let Ok(events) = decided else { continue };
            prop_assert!(events.is_empty() || !matches!(state, AllergyRecord::EnteredInError(_)));
            for event in &events {
                let stored = serde_json::to_vec(event).unwrap();
                prop_assert_eq!(&serde_json::from_slice::<AllergyEvent>(&stored).unwrap(), event);
                state.apply(event);
            }
            log.extend(events);
            prop_assert_eq!(&AllergyRecord::fold(&log), &state);
            prop_assert!(state.amendable().is_err() || !state.amendable().unwrap().substance.is_empty());
        }
        prop_assert_eq!(state == AllergyRecord::Unrecorded, log.is_empty());
    }
}
