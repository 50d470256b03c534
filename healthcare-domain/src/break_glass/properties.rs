//! Whatever is asked of a grant in whatever order.

use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::taken::taken;

fn at(minutes: i64) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + Duration::minutes(minutes)
}

fn words() -> Remark {
    Remark::try_from("found unconscious".to_owned()).unwrap()
}

/// What was granted, and when it was given back.
fn granted(state: &BreakGlass) -> Option<(&Grant, Option<DateTime<Utc>>)> {
    match state {
        BreakGlass::Unopened => None,
        BreakGlass::Opened { grant, closed } | BreakGlass::Reviewed { grant, closed, .. } => Some((&**grant, *closed)),
    }
}

proptest! {
    /// A grant lasts a minute to a day and never changes; who holds it gives it back once and in its time; somebody else
    /// reviews it, once and for good.
    #[test]
    fn no_sequence_of_commands_reaches_an_undefined_state(
        commands in proptest::collection::vec((0u8..4, 1u128..4, 0i64..90, -5i64..1_500), 0..40)
    ) {
        let (mut state, mut log, mut now) = (BreakGlass::default(), vec![], at(0));
        for (command, who, minutes, length) in commands {
            now += Duration::minutes(minutes);
            let (was, by) = (state.clone(), AccountId(Uuid::from_u128(who)));
            let decided = match command {
                0 => state.open(Grant {
                    patient: PatientId(Uuid::from_u128(9)),
                    by,
                    reason: words(),
                    purpose: EmergencyPurpose::Treatment,
                    at: now,
                    until: now + Duration::minutes(length),
                }),
                1 => state.close(by, now),
                _ => state.review(ReviewOutcome::Justified, words(), by, now),
            };
            let moved = taken(&mut state, &mut log, decided);
            let Some((grant, closed)) = granted(&state) else { continue };
            let lasts = grant.until - grant.at;
            prop_assert!(lasts >= Duration::minutes(1) && lasts <= Duration::days(1));
            match granted(&was) {
                None => prop_assert!(command == 0 && closed.is_none()),
                Some((before, given_back)) => {
                    prop_assert_eq!(before, grant);
                    if given_back != closed {
                        prop_assert!(given_back.is_none() && command == 1 && by == grant.by);
                        prop_assert!(closed.is_some_and(|at| at == now && at < grant.until));
                    }
                }
            }
            if let BreakGlass::Reviewed { by: reviewer, .. } = &state {
                prop_assert!(*reviewer != grant.by);
            }
            if let BreakGlass::Reviewed { outcome, by, at, .. } = &was {
                prop_assert!(command == 1 || !moved, "reviewed once");
                let stays = matches!(&state, BreakGlass::Reviewed { outcome: o, by: b, at: a, .. } if (o, b, a) == (outcome, by, at));
                prop_assert!(stays, "what was made of it stands");
            }
        }
        prop_assert_eq!(state == BreakGlass::Unopened, log.is_empty());
    }
}
