//! Whatever is asked of an observation in whatever order.

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
    /// An observation keeps a name and something to say; one that was corrected is to be looked at again, and one that was
    /// struck out stays so.
    #[test]
    fn no_sequence_of_commands_reaches_an_undefined_state(
        commands in proptest::collection::vec((0u8..5, -30i64..30, 0usize..4, any::<bool>()), 0..40)
    ) {
        let (mut state, mut log) = (ObservationRecord::default(), vec![]);
        for (command, minute, n, imported) in commands {
            let was = state.clone();
            let observation = Observation {
                identifiers: vec![],
                category: ObservationCategory::Laboratory,
                code: if n == 0 { CodeableConcept::default() } else { CodeableConcept::words(format!("result {n}")) },
                value: (n != 1).then(|| ObservationValue::Text(format!("value {n}"))),
                components: vec![],
                data_absent_reason: None,
                interpretation: vec![],
                reference_range: None,
                status: "final".into(),
                effective_at: at(minute),
                issued_at: None,
                encounter: None,
            };
            let decided = match command {
                0 => state.enter_in_error(why()),
                1 => state.amend_live(observation, at(0)),
                2 => state.view(AccountId(uuid::Uuid::nil()), at(minute)),
                _ => state.record(observation, imported, at(0)),
            };
            let struck = matches!(was, ObservationRecord::EnteredInError(_));
            let moved = taken(&mut state, &mut log, decided);
            prop_assert!(!(struck && moved), "what was struck out stays as it was");
            if let ObservationRecord::Recorded { observation: held, viewed } = &state {
                prop_assert!(!held.code.is_empty() && held.value.is_some() && held.effective_at <= at(5));
                if let ObservationRecord::Recorded { observation: before, viewed: Viewed::By(..) } = &was
                    && before != held
                {
                    prop_assert_eq!(*viewed, Viewed::No);
                }
            }
        }
        prop_assert_eq!(state == ObservationRecord::Unrecorded, log.is_empty());
    }
}
