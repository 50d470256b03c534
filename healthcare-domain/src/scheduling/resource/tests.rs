use chrono::NaiveTime;
use proptest::prelude::*;

use super::*;
use crate::id::AccountId;

pub fn practitioner(zone: &str) -> ResourceProfile {
    ResourceProfile {
        kind: ResourceKind::Practitioner,
        name: "Dr Moss".into(),
        time_zone: zone.parse().unwrap(),
        account: None,
        practitioner: None,
        device: None,
        service_types: vec![],
    }
}

fn hours(day: Day, from: (u32, u32), until: (u32, u32)) -> Hours {
    let time = |(hour, minute)| NaiveTime::from_hms_opt(hour, minute, 0).unwrap();
    Hours { day, from: time(from), until: time(until), slot_minutes: None, appointment_types: vec![] }
}

fn at(hour: i64) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + chrono::Duration::hours(hour)
}

fn leave(from: i64, until: i64) -> Closure {
    Closure { from: at(from), until: at(until), reason: ClosureReason::Leave }
}

fn added() -> Resource {
    Resource::fold(&Resource::Unknown.add(practitioner("Europe/Lisbon")).unwrap())
}

fn then(mut resource: Resource, events: Vec<ResourceEvent>) -> Resource {
    for event in events {
        resource.apply(&event);
    }
    resource
}

#[test]
fn it_is_added_once_and_as_what_it_is() {
    assert_eq!(added().add(practitioner("UTC")), Err(ResourceError::AlreadyAdded));
    let room = ResourceProfile {
        kind: ResourceKind::Room,
        account: Some(AccountId(uuid::Uuid::nil())),
        ..practitioner("UTC")
    };
    assert_eq!(Resource::Unknown.add(room), Err(ResourceError::AnotherKind));
    let nameless = ResourceProfile { name: String::new(), ..practitioner("UTC") };
    assert_eq!(Resource::Unknown.add(nameless), Err(ResourceError::NoName));
}

#[test]
fn hours_end_after_they_begin_and_do_not_overlap() {
    let bad = [
        vec![hours(Day::Monday, (9, 0), (9, 0))],
        vec![hours(Day::Monday, (9, 0), (12, 0)), hours(Day::Monday, (11, 59), (13, 0))],
        vec![hours(Day::Monday, (9, 0), (0, 0)), hours(Day::Monday, (23, 0), (23, 30))],
        vec![Hours { slot_minutes: Some(0), ..hours(Day::Monday, (9, 0), (12, 0)) }],
    ];
    for one in bad {
        assert_eq!(added().set_hours(one), Err(ResourceError::BadHours));
    }
    let good = vec![hours(Day::Monday, (13, 0), (0, 0)), hours(Day::Monday, (9, 0), (12, 0))];
    let open = then(added(), added().set_hours(good.clone()).unwrap());
    assert_eq!(open.set_hours(good), Ok(vec![]), "in whatever order they come");
}

#[test]
fn a_closure_is_lifted_by_its_number_and_a_number_is_given_once() {
    assert_eq!(added().close(leave(5, 5), None), Err(ResourceError::BadClosure));
    let closed = then(added(), added().close(leave(1, 5), None).unwrap());
    assert_eq!(closed.reopen(2), Err(ResourceError::NoSuchClosure));
    let open = then(closed.clone(), closed.reopen(1).unwrap());
    assert!(matches!(open.close(leave(1, 5), None).unwrap()[..], [ResourceEvent::ClosureAdded { number: 2, .. }]));
}

#[test]
fn a_day_is_moved_of_who_can_be_booked_and_changes_no_hours() {
    let moved = added().move_day(at(5), 3, 1).unwrap();
    assert_eq!(moved, [ResourceEvent::DayMoved { after: at(5), moved: 3, left: 1 }]);
    assert_eq!(then(added(), moved), added());
    assert_eq!(Resource::Unknown.move_day(at(5), 1, 0), Err(ResourceError::Unknown));
    let retired = then(added(), added().retire().unwrap());
    assert_eq!(retired.move_day(at(5), 1, 0), Err(ResourceError::Retired));
}

#[test]
fn what_is_retired_stays_so() {
    let retired = then(added(), added().retire().unwrap());
    assert_eq!(retired.close(leave(1, 5), None), Err(ResourceError::Retired));
    assert_eq!(retired.set_hours(vec![]), Err(ResourceError::Retired));
    assert_eq!(Resource::Unknown.retire(), Err(ResourceError::Unknown));
}

proptest! {
    /// Whatever is asked for in whatever order: what was decided folds to the state it was decided to lead to, hours
    /// never overlap, and what is retired decides nothing more.
    #[test]
    fn no_sequence_of_commands_reaches_an_undefined_state(
        commands in proptest::collection::vec((0u8..6, 0u32..24, 0u32..24, 0u32..4), 0..40)
    ) {
        let (mut state, mut log) = (Resource::default(), vec![]);
        for (command, one, other, number) in commands {
            let decided = match command {
                0 => state.add(practitioner("Europe/Lisbon")),
                1 => state.set_hours(vec![
                    hours(Day::Monday, (one, 0), (other, 0)), hours(Day::Monday, (other, 0), (one, 30)),
                ]),
                2 => state.close(leave(one.into(), other.into()), None),
                3 => state.reopen(number),
                4 => state.move_day(at(one.into()), other, number),
                _ if number == 3 => state.retire(),
                _ => continue,
            };
            let Ok(events) = decided else { continue };
            let over = matches!(state, Resource::Retired(_));
            prop_assert!(!over);
            state = then(state, events.clone());
            log.extend(events);
            prop_assert_eq!(&Resource::fold(&log), &state);
            if let Resource::Active(held) = &state {
                prop_assert!(held.closures.values().all(|one| one.from < one.until));
                prop_assert!(state.set_hours(held.hours.clone()).is_ok(), "what it has, it may have");
            }
        }
        prop_assert_eq!(matches!(state, Resource::Unknown), log.is_empty());
    }
}
