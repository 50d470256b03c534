//! Whatever is asked of beds and wards in whatever order.

use chrono::{DateTime, Duration, Utc};
use proptest::prelude::*;

use super::*;
use crate::{EventSourced, id::EncounterId};

fn at(minutes: i64) -> DateTime<Utc> {
    "2026-11-20T08:00:00Z".parse::<DateTime<Utc>>().unwrap() + Duration::minutes(minutes)
}

fn id(n: u8) -> uuid::Uuid {
    uuid::Uuid::from_u128(u128::from(n))
}

proptest! {
    /// A bed is given to nobody while another holds it, and what was decided folds to the state it led to.
    #[test]
    fn a_bed_is_never_given_to_two(commands in proptest::collection::vec((0u8..7, 0u8..4, any::<bool>()), 0..80)) {
        let (mut state, mut log) = (Bed::default(), vec![]);
        for (n, (command, who, clean)) in commands.into_iter().enumerate() {
            let (now, visit) = (at(i64::try_from(n).unwrap()), EncounterId(id(who)));
            let place = BedPlace { ward_id: WardId(id(9)), ward: "West".into(), room: "1".into(), name: "2".into() };
            let held = if let Bed::Occupied { encounter, .. } = &state { Some(*encounter) } else { None };
            let decided = match command {
                0 => state.add(place),
                1 => state.occupy(visit, now),
                2 => state.vacate(visit, now, clean),
                3 => state.clean(now),
                4 => state.block(BlockReason::Other, now),
                5 => state.unblock(now),
                _ => state.retire(now),
            };
            let Ok(events) = decided else { continue };
            prop_assert!(events.is_empty() || held.is_none_or(|held| command == 2 && held == visit));
            prop_assert!(events.is_empty() || !matches!(state, Bed::Retired(_)));
            for event in &events {
                let stored = serde_json::to_vec(event).unwrap();
                prop_assert_eq!(&serde_json::from_slice::<BedEvent>(&stored).unwrap(), event);
                state.apply(event);
            }
            log.extend(events);
            prop_assert_eq!(&Bed::fold(&log), &state);
        }
    }

    /// A ward keeps its name; no bed stands in two rooms that was put into one; a closed ward has no beds.
    #[test]
    fn a_ward_stays_in_order(commands in proptest::collection::vec((0u8..7, 0u8..3), 0..80)) {
        let (mut state, mut log) = (Ward::default(), vec![]);
        let profile = |name: &str, cleans_beds| {
            WardProfile { name: name.into(), specialty: None, demands: Demands::default(), cleans_beds }
        };
        for (command, n) in commands {
            let room = format!("room {n}");
            let stands = |bed: &BedId| {
                state.ensure_open().is_ok_and(|ward| ward.rooms.values().flatten().any(|one| one == bed))
            };
            let decided = match command {
                0 => state.open(profile("West", n == 0)),
                1 => state.revise(profile(if n == 2 { "East" } else { "West" }, n == 0)),
                2 => state.add_room(room),
                3 => state.remove_room(&room),
                // A bed is put up once, in one room.
                4 if stands(&BedId(id(n))) => continue,
                4 => state.place_bed(&room, BedId(id(n))),
                5 => state.take_bed_away(BedId(id(n))),
                _ => state.close(),
            };
            let Ok(events) = decided else { continue };
            for event in &events {
                let stored = serde_json::to_vec(event).unwrap();
                prop_assert_eq!(&serde_json::from_slice::<WardEvent>(&stored).unwrap(), event);
                state.apply(event);
            }
            log.extend(events);
            prop_assert_eq!(&Ward::fold(&log), &state);
            match &state {
                Ward::Undefined => prop_assert!(log.is_empty()),
                Ward::Open(ward) => prop_assert_eq!(&ward.profile.name, "West"),
                Ward::Closed(ward) => prop_assert!(ward.rooms.values().all(Vec::is_empty)),
            }
        }
    }
}
