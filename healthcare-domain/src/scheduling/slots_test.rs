use std::collections::BTreeMap;

use chrono::NaiveTime;
use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::{
    id::AppointmentId,
    scheduling::{
        availability::{Wanted, conflicts},
        resource::{Closure, ClosureReason, Day, Hours, ResourceProfile},
        service::VisitKind,
    },
};

const TYPE: AppointmentTypeId = AppointmentTypeId(Uuid::from_u128(77));

fn instant(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn hours(day: Day, from: u32, until: u32) -> Hours {
    let time = |hour| NaiveTime::from_hms_opt(hour % 24, 0, 0).unwrap();
    Hours { day, from: time(from), until: time(until), slot_minutes: None, appointment_types: vec![] }
}

fn candidate(number: u128, kind: ResourceKind, zone: &str, hours: Vec<Hours>) -> Candidate {
    let profile = ResourceProfile {
        kind,
        name: "one".into(),
        time_zone: zone.parse().unwrap(),
        account: None,
        practitioner: None,
        device: None,
        service_types: vec![],
    };
    let schedule = Schedule { profile, hours, closures: BTreeMap::new(), numbered: 0 };
    Candidate { resource: ResourceId(Uuid::from_u128(number)), schedule, busy: vec![] }
}

fn service(minutes: u16, requires: &[ResourceKind]) -> ServiceProfile {
    ServiceProfile {
        name: "Consultation".into(),
        kind: VisitKind::Routine,
        service: None,
        duration_minutes: minutes,
        buffer_before_minutes: 0,
        buffer_after_minutes: 0,
        requires: requires.to_vec(),
    }
}

fn found(profile: &ServiceProfile, from: &str, until: &str, candidates: &[Candidate]) -> Vec<String> {
    let within = (instant(from), instant(until));
    let wanted = Search {
        appointment_type: TYPE,
        profile,
        with: &[],
        within,
        after: None,
        first: First::Earliest,
        limit: 1_000,
    };
    search(&wanted, candidates).into_iter().map(|slot| slot.start.format("%dT%H:%M").to_string()).collect()
}

/// Nine o'clock is nine o'clock on the wall, before and after the clocks change.
#[test]
fn hours_follow_the_clock_on_the_wall_over_both_changes() {
    let profile = service(60, &[ResourceKind::Practitioner]);
    let days = [Day::Friday, Day::Monday].map(|day| hours(day, 9, 10)).to_vec();
    let lisbon = [candidate(1, ResourceKind::Practitioner, "Europe/Lisbon", days.clone())];
    let over = |from: &str, until: &str, who: &[Candidate]| found(&profile, from, until, who);
    assert_eq!(over("2027-03-26T00:00:00Z", "2027-03-30T00:00:00Z", &lisbon), ["26T09:00", "29T08:00"]);
    assert_eq!(over("2027-10-29T00:00:00Z", "2027-11-02T00:00:00Z", &lisbon), ["29T08:00", "01T09:00"]);
    let york = [candidate(1, ResourceKind::Practitioner, "America/New_York", days)];
    assert_eq!(over("2027-03-12T00:00:00Z", "2027-03-16T00:00:00Z", &york), ["12T14:00", "15T13:00"]);
    assert_eq!(over("2027-11-05T00:00:00Z", "2027-11-09T00:00:00Z", &york), ["05T13:00", "08T14:00"]);
}

/// A night's hours hold one slot less where an hour is skipped, and one more where it comes twice.
#[test]
fn a_night_is_as_long_as_it_really_is() {
    let profile = service(60, &[ResourceKind::Practitioner]);
    for (zone, spring, autumn) in
        [("Europe/Lisbon", "2027-03-28", "2027-10-31"), ("America/New_York", "2027-03-14", "2027-11-07")]
    {
        let night = [candidate(1, ResourceKind::Practitioner, zone, vec![hours(Day::Sunday, 0, 6)])];
        let count = |date: &str| {
            let noon = instant(&format!("{date}T12:00:00Z"));
            let within = (noon - Duration::hours(24), noon + Duration::hours(12));
            let wanted = Search {
                appointment_type: TYPE,
                profile: &profile,
                with: &[],
                within,
                after: None,
                first: First::Earliest,
                limit: 1_000,
            };
            search(&wanted, &night).len()
        };
        assert_eq!((count(spring), count("2027-06-06"), count(autumn)), (5, 6, 7), "{zone}");
    }
}

#[test]
fn a_slot_takes_one_of_each_kind_and_begins_where_the_template_says() {
    let profile = service(30, &[ResourceKind::Practitioner, ResourceKind::Room]);
    let quarter = Hours { slot_minutes: Some(15), ..hours(Day::Monday, 9, 10) };
    let doctor = candidate(1, ResourceKind::Practitioner, "UTC", vec![quarter]);
    let mut room = candidate(2, ResourceKind::Room, "UTC", vec![hours(Day::Monday, 8, 12)]);
    let day = ("2027-01-04T00:00:00Z", "2027-01-05T00:00:00Z");
    assert_eq!(found(&profile, day.0, day.1, std::slice::from_ref(&doctor)), Vec::<String>::new());
    let both = [doctor.clone(), room.clone()];
    assert_eq!(found(&profile, day.0, day.1, &both), ["04T09:00", "04T09:15", "04T09:30"]);
    let cleaning = Closure {
        from: instant("2027-01-04T08:00:00Z"),
        until: instant("2027-01-04T09:20:00Z"),
        reason: ClosureReason::Maintenance,
    };
    room.schedule.closures.insert(1, cleaning);
    assert_eq!(found(&profile, day.0, day.1, &[doctor, room]), ["04T09:30"]);
}

/// The numbers of who takes part, of each slot.
fn who(wanted: &Search<'_>, candidates: &[Candidate]) -> Vec<Vec<u128>> {
    let numbers = |slot: Slot| slot.participants.iter().map(|one| one.resource.0.as_u128()).collect();
    search(wanted, candidates).into_iter().map(numbers).collect()
}

#[test]
fn a_kind_that_is_named_twice_takes_two_and_each_pair_is_told_once() {
    let profile = service(60, &[ResourceKind::Practitioner, ResourceKind::Room, ResourceKind::Practitioner]);
    let nurse = |n| candidate(n, ResourceKind::Practitioner, "UTC", vec![hours(Day::Monday, 9, 11)]);
    let late = candidate(4, ResourceKind::Practitioner, "UTC", vec![hours(Day::Monday, 10, 11)]);
    let room = candidate(9, ResourceKind::Room, "UTC", vec![hours(Day::Monday, 9, 11)]);
    let within = (instant("2027-01-04T00:00:00Z"), instant("2027-01-05T00:00:00Z"));
    let wanted = Search {
        appointment_type: TYPE,
        profile: &profile,
        with: &[],
        within,
        after: None,
        first: First::Earliest,
        limit: 100,
    };
    assert_eq!(who(&wanted, &[nurse(1), room.clone()]), Vec::<Vec<u128>>::new(), "nobody is there twice");
    assert_eq!(who(&wanted, &[nurse(1), nurse(2), room.clone()]), [[1, 9, 2], [1, 9, 2]], "of nine and of ten");
    let all = [nurse(1), nurse(2), late, room];
    let ten = vec![vec![1, 9, 2], vec![1, 9, 2], vec![4, 9, 1]];
    assert_eq!(who(&wanted, &all), ten);
    let backwards = who(&Search { first: First::Latest, ..wanted }, &all);
    assert_eq!(backwards, ten.iter().rev().cloned().collect::<Vec<_>>());
    for first in [First::Earliest, First::Latest] {
        let (mut paged, mut after) = (vec![], None);
        while let Some(slot) = search(&Search { after, first, limit: 1, ..wanted }, &all).pop() {
            after = Some((slot.start, slot.participants[0].resource));
            paged.push(slot);
        }
        assert_eq!(paged, search(&Search { first, ..wanted }, &all));
    }
    let with = [ResourceId(Uuid::from_u128(4))];
    assert_eq!(who(&Search { with: &with, ..wanted }, &all), [[4, 9, 1]], "who is asked for is among them");
}

#[test]
fn hours_for_one_type_are_not_for_another() {
    let other = AppointmentTypeId(Uuid::from_u128(78));
    let only = Hours { appointment_types: vec![other], ..hours(Day::Monday, 9, 10) };
    let doctor = [candidate(1, ResourceKind::Practitioner, "UTC", vec![only])];
    let profile = service(30, &[ResourceKind::Practitioner]);
    assert_eq!(found(&profile, "2027-01-04T00:00:00Z", "2027-01-05T00:00:00Z", &doctor), Vec::<String>::new());
}

fn busy(from: i64, minutes: i64) -> Busy {
    let from = instant("2027-03-26T00:00:00Z") + Duration::minutes(from);
    Busy { appointment: AppointmentId(Uuid::nil()), kept: (from, from + Duration::minutes(minutes)) }
}

proptest! {
    /// What the search calls free is what a booking finds nothing in the way of, and the search misses none.
    #[test]
    fn a_slot_is_found_exactly_where_nothing_is_in_the_way(
        taken in proptest::collection::vec((0i64..6_000, 1i64..300), 0..12),
        before in 0u16..40, behind in 0u16..40, minutes in 5u16..90,
    ) {
        let mut doctor = candidate(1, ResourceKind::Practitioner, "Europe/Lisbon",
            vec![hours(Day::Friday, 9, 17), hours(Day::Saturday, 22, 24), hours(Day::Sunday, 0, 5)]);
        doctor.busy = taken.into_iter().map(|(from, minutes)| busy(from, minutes)).collect();
        let profile = ServiceProfile { buffer_before_minutes: before, buffer_after_minutes: behind,
            ..service(minutes, &[ResourceKind::Practitioner]) };
        let within = (instant("2027-03-26T00:00:00Z"), instant("2027-03-30T00:00:00Z"));
        let wanted = Search { appointment_type: TYPE, profile: &profile, with: &[], within, after: None, first: First::Earliest, limit: usize::MAX };
        let found = search(&wanted, std::slice::from_ref(&doctor));
        let lasts = Duration::minutes(minutes.into());
        let mut expected = vec![];
        for open in open(&doctor.schedule, within, TYPE) {
            let mut start = open.during.0;
            while start + lasts <= open.during.1 {
                let kept = (start - Duration::minutes(before.into()), start + lasts + Duration::minutes(behind.into()));
                let place = Wanted { during: (start, start + lasts), kept, appointment_type: TYPE };
                if conflicts(doctor.resource, &doctor.schedule, &doctor.busy, &place).is_empty() {
                    expected.push(start);
                }
                start += lasts;
            }
        }
        prop_assert_eq!(found.iter().map(|slot| slot.start).collect::<Vec<_>>(), expected);
        // A page after the other is the whole.
        let mut paged = vec![];
        let mut after = None;
        loop {
            let page = search(&Search { after, limit: 3, ..wanted }, std::slice::from_ref(&doctor));
            let Some(last) = page.last() else { break };
            after = Some((last.start, doctor.resource));
            paged.extend(page);
        }
        prop_assert_eq!(paged, found);
    }
}
