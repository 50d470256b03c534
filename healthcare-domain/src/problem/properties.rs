//! Whatever is asked of a problem in whatever order.

use chrono::{DateTime, Duration, Utc};
use proptest::prelude::*;

use super::*;

fn at(days: i64) -> DateTime<Utc> {
    "2026-01-01T00:00:00Z".parse::<DateTime<Utc>>().unwrap() + Duration::days(days)
}

proptest! {
    /// What was decided folds to the state it led to; a problem keeps a name; what was struck out stays so.
    #[test]
    fn no_sequence_of_commands_reaches_an_undefined_state(
        commands in proptest::collection::vec((0u8..6, -30i64..30, 0usize..5, any::<bool>()), 0..60)
    ) {
        let (mut state, mut log) = (ProblemRecord::default(), vec![]);
        for (command, day, n, with_reason) in commands {
            let why = Remark::try_from("why".to_owned()).unwrap();
            let problem = Problem {
                identifiers: vec![],
                code: if n == 0 { CodeableConcept::default() } else { CodeableConcept::words(format!("condition {n}")) },
                categories: vec![],
                verification: Some(ProblemVerification::ALL[n].as_str().into()),
                severity: None,
                onset_at: Some(at(day)),
                encounter: None,
                body_sites: vec![],
                note: None,
            };
            let ending = [Ending::Resolved, Ending::Remission, Ending::Inactive][n % 3];
            let decided = match command {
                0 => state.add(problem),
                1 => state.amend(problem),
                2 => state.resolve(Some(at(day)), ending),
                3 => state.reactivate(Some(at(day)), at(0)),
                4 => state.verify(ProblemVerification::ALL[n], with_reason.then_some(why)),
                _ if day == 0 => state.enter_in_error(why),
                _ => continue,
            };
            let Ok(events) = decided else { continue };
            prop_assert!(events.is_empty() || !matches!(state, ProblemRecord::EnteredInError(_)));
            for event in &events {
                let stored = serde_json::to_vec(event).unwrap();
                prop_assert_eq!(&serde_json::from_slice::<ProblemEvent>(&stored).unwrap(), event);
                state.apply(event);
            }
            log.extend(events);
            prop_assert_eq!(&ProblemRecord::fold(&log), &state);
            prop_assert!(state.amendable().is_err() || !state.amendable().unwrap().code.is_empty());
        }
        prop_assert_eq!(state == ProblemRecord::Unrecorded, log.is_empty());
    }
}
