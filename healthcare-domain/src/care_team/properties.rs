//! Whatever is asked of a care team in whatever order.

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
    /// Nobody belongs to it twice, or by their own act; who is let go is gone; nobody's time ends before it begins, and no ward is without a name.
    #[test]
    fn no_sequence_of_commands_reaches_an_undefined_state(
        commands in proptest::collection::vec(
            (0u8..5, 0usize..4, 0i64..60, proptest::option::of(-10i64..60)), 0..60)
    ) {
        let members = [
            Member::Account(AccountId(Uuid::from_u128(1))),
            Member::Account(AccountId(Uuid::from_u128(2))),
            Member::Ward("West".to_owned()),
            Member::Ward("*".to_owned()),
        ];
        let labels = [Confidentiality::Normal, Confidentiality::Restricted, Confidentiality::VeryRestricted];
        let (mut state, mut log, mut now) = (CareTeam::default(), vec![], at(0));
        for (command, n, minutes, until) in commands {
            now += Duration::minutes(minutes);
            let until = until.map(|minutes| now + Duration::minutes(minutes));
            let care = Care { membership: Membership::Team, from: now, until };
            let act = if command == 4 { Act::Own } else { Act::Anothers };
            let (member, stood) = (&members[n], state.members.get(&members[n]).copied());
            let decided = match command {
                0 => state.remove(member, now),
                1 => state.label(labels[n % 3], why()),
                _ => state.add((member.clone(), act), care, None, now),
            };
            let moved = taken(&mut state, &mut log, decided);
            match command {
                0 => prop_assert!(!state.members.contains_key(member) && moved == stood.is_some()),
                1 => prop_assert_eq!(state.label, labels[n % 3]),
                _ if moved => {
                    prop_assert!(act == Act::Anothers, "nobody takes themselves in");
                    prop_assert_eq!(state.members.get(member), Some(&care));
                    prop_assert!(stood.is_none_or(|was| was.until.is_some_and(|until| until <= now)));
                }
                _ => prop_assert_eq!(state.members.get(member).copied(), stood),
            }
            for (who, care) in &state.members {
                prop_assert!(care.until.is_none_or(|until| until > care.from));
                prop_assert!(*who != members[3], "`*` is no ward");
            }
        }
    }
}
