//! Whatever is asked of an order of medication in whatever order.

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
    /// An order is signed once, names a drug, answers findings alone, and ends once and not before it was written.
    #[test]
    fn no_sequence_of_commands_reaches_an_undefined_state(
        commands in proptest::collection::vec((any::<bool>(), -30i64..30, 0usize..3, any::<bool>()), 0..30)
    ) {
        let (mut state, mut log) = (MedicationOrder::default(), vec![]);
        for (signs, minute, n, answers) in commands {
            let prescription = Prescription {
                identifiers: vec![],
                medication: if n == 0 { CodeableConcept::default() } else { CodeableConcept::words(format!("drug {n}")) },
                dose: None,
                route: None,
                frequency: None,
                as_needed: false,
                reasons: vec![],
                authored_at: at(0),
                prescriber: None,
                encounter: None,
                taking: Intake::AsOrdered,
                further: vec![],
                details: vec![],
                reported: false,
            };
            let overrides = if answers { vec![Override { finding: format!("f-{n}"), reason: why() }] } else { vec![] };
            let decided = if signs {
                state.prescribe(prescription, overrides, &["f-1".to_owned()])
            } else {
                state.stop(why(), at(minute))
            };
            taken(&mut state, &mut log, decided);
            match &state {
                MedicationOrder::Unordered => prop_assert!(log.is_empty()),
                MedicationOrder::Active { prescription, overrides } => {
                    prop_assert!(!prescription.medication.is_empty());
                    prop_assert!(overrides.iter().all(|one| one.finding == "f-1"));
                    prop_assert_eq!(log.len(), 1);
                }
                MedicationOrder::Ended { at: ended, how, .. } => {
                    prop_assert!(ended.is_some_and(|ended| ended >= at(0)));
                    prop_assert_eq!((*how, log.len()), (OrderEnd::Stopped, 2));
                }
                MedicationOrder::EnteredInError { .. } => prop_assert!(false, "nobody struck it out"),
            }
        }
    }
}
