//! Whatever is merged, taken back and told apart in whatever order: what is merged is held by one, and nobody holds
//! themselves.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use proptest::prelude::*;
use uuid::Uuid;

use super::{Identity, IdentityEvent, Standing};
use crate::{EventSourced, id::PatientId, text::Remark};

fn patient(n: u8) -> PatientId {
    PatientId(Uuid::from_u128(u128::from(n) + 1))
}

proptest! {
    #[test]
    fn who_is_merged_is_held_by_exactly_one(steps in prop::collection::vec((0_u8..3, 0_u8..5, 0_u8..5), 0..60)) {
        let at: DateTime<Utc> = DateTime::UNIX_EPOCH;
        let why: Remark = Remark::try_from("the same passport".to_owned()).unwrap();
        let mut people: BTreeMap<PatientId, Identity> = (0..5).map(|n| (patient(n), Identity::default())).collect();
        let mut happened: BTreeMap<PatientId, Vec<IdentityEvent>> = BTreeMap::new();
        for (step, one, other) in steps {
            let (one, other) = (patient(one), patient(other));
            let decided = match step {
                0 => people[&one].take_in(one, (other, &people[&other]), &why, at),
                1 => people[&one].let_go(one, (other, &people[&other]), (&why, &[]), at),
                _ => people[&one].tell_apart(one, (other, &people[&other]), &why),
            };
            let Ok((here, there)) = decided else { continue };
            for (whose, events) in [(one, here), (other, there)] {
                for event in events {
                    people.get_mut(&whose).unwrap().apply(&event);
                    happened.entry(whose).or_default().push(event);
                }
            }
            for (id, state) in &people {
                let holders = people.values().filter(|holder| holder.holds.contains(id)).count();
                prop_assert_eq!(holders, usize::from(state.standing != Standing::Own));
                // However long the chain, it ends at a record of its own.
                let (mut end, mut length) = (*id, 0);
                while let Standing::Merged { into, .. } = people[&end].standing {
                    (end, length) = (into, length + 1);
                    prop_assert!(length < 5);
                }
            }
        }
        for (id, events) in &happened {
            prop_assert_eq!(&Identity::fold(events), &people[id]);
        }
    }
}
