use chrono::Duration;
use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::{
    id::{AppointmentTypeId, ResourceId},
    scheduling::{
        availability::Obstacle, cancellation::CancellationReason, resource::ResourceKind, service::VisitKind,
        zone::Zone,
    },
    text::Remark,
};

pub fn at(minutes: i64) -> DateTime<Utc> {
    DateTime::<Utc>::UNIX_EPOCH + Duration::days(20_000) + Duration::minutes(minutes)
}

pub fn participant(number: u128) -> Participant {
    Participant { resource: ResourceId(Uuid::from_u128(number)), kind: ResourceKind::Practitioner }
}

pub fn place(start: i64) -> Place {
    Place {
        start: at(start),
        end: at(start + 20),
        time_zone: Zone::UTC,
        buffer_before_minutes: 0,
        buffer_after_minutes: 5,
        participants: vec![participant(1)],
        overbooked: None,
    }
}

pub fn booking(start: i64) -> Booking {
    Booking {
        appointment_type: AppointmentTypeId(Uuid::nil()),
        title: "Consultation".into(),
        kind: VisitKind::Routine.coding(),
        service: None,
        place: place(start),
        comment: None,
        series: None,
        elsewhere: None,
    }
}

fn taken() -> Vec<Conflict> {
    let resource = participant(1).resource;
    vec![Conflict { resource, from: at(0), until: at(20), obstacle: Obstacle::Taken(AppointmentId(Uuid::nil())) }]
}

fn words() -> Remark {
    Remark::try_from("an emergency".to_owned()).unwrap()
}

fn then(mut appointment: Appointment, events: Vec<AppointmentEvent>) -> Appointment {
    for event in events {
        appointment.apply(&event);
    }
    appointment
}

fn held(until: i64) -> Appointment {
    let hold = Hold { until: at(until), offered_to: None };
    Appointment::fold(&Appointment::Unbooked.hold(booking(60), hold, &[], at(0)).unwrap())
}

fn booked() -> Appointment {
    Appointment::fold(&Appointment::Unbooked.book(booking(60), &[], at(0)).unwrap())
}

#[test]
fn what_is_taken_is_not_booked_but_for_a_reason() {
    let refused = Appointment::Unbooked.book(booking(0), &taken(), at(0));
    assert_eq!(refused, Err(AppointmentError::Conflicts(taken())));
    let mut over = booking(0);
    over.place.overbooked = Some(words());
    assert!(Appointment::Unbooked.book(over, &taken(), at(0)).is_ok());
}

#[test]
fn a_hold_is_taken_in_its_time_and_given_back_after_it() {
    assert!(matches!(then(held(10), held(10).confirm(None, &[], at(9)).unwrap()), Appointment::Booked { .. }));
    assert_eq!(held(10).confirm(None, &[], at(10)), Err(AppointmentError::HoldOver));
    assert_eq!(held(10).expire(at(9)), Err(AppointmentError::HoldNotOver));
    let over = then(held(10), held(10).expire(at(10)).unwrap());
    assert!(matches!(over, Appointment::Released { .. }) && !over.keeps());
    assert_eq!(over.confirm(None, &[], at(9)), Err(AppointmentError::NotNow("released")));
    for until in [0, 24 * 60 + 1] {
        let hold = Hold { until: at(until), offered_to: None };
        assert_eq!(Appointment::Unbooked.hold(booking(60), hold, &[], at(0)), Err(AppointmentError::BadHold));
    }
}

#[test]
fn a_hold_is_not_taken_in_time_that_closed_since() {
    let gone = |obstacle| vec![Conflict { obstacle, ..taken()[0] }];
    for since in [Obstacle::Closed, Obstacle::OutsideHours] {
        let refused = held(10).confirm(None, &gone(since), at(9));
        assert_eq!(refused, Err(AppointmentError::Conflicts(gone(since))));
    }
    assert!(held(10).confirm(None, &taken(), at(9)).is_ok(), "booked over it, with a reason");
    let mut over = booking(60);
    over.place.overbooked = Some(words());
    let over = Appointment::Unbooked.hold(over, Hold { until: at(10), offered_to: None }, &[], at(0)).unwrap();
    assert!(Appointment::fold(&over).confirm(None, &gone(Obstacle::Closed), at(9)).is_ok(), "for a reason");
}

#[test]
fn it_is_moved_where_it_is_free_and_nowhere_else() {
    assert_eq!(booked().reschedule(place(60), &taken(), at(0)), Ok(vec![]), "where it is it may stay");
    assert_eq!(booked().reschedule(place(90), &taken(), at(0)), Err(AppointmentError::Conflicts(taken())));
    let moved = then(booked(), booked().reschedule(place(90), &[], at(0)).unwrap());
    assert_eq!(moved.booking().unwrap().place, place(90));
    assert_eq!(held(10).reschedule(place(90), &[], at(0)), Err(AppointmentError::NotNow("pending")));
}

#[test]
fn it_is_kept_missed_or_called_off_once() {
    let arrived = then(booked(), booked().check_in(at(50)).unwrap());
    let done = then(arrived.clone(), arrived.complete(at(80)).unwrap());
    assert_eq!(done.cancel(CancellationReason::Patient, None, at(81)), Err(AppointmentError::NotNow("fulfilled")));
    assert_eq!(booked().complete(at(80)), Err(AppointmentError::NotNow("booked")));
    assert_eq!(booked().miss(at(59)), Err(AppointmentError::NotBegun));
    let missed = then(booked(), booked().miss(at(60)).unwrap());
    assert_eq!(missed.check_in(at(61)), Err(AppointmentError::NotNow("noshow")));
    let off = then(booked(), booked().cancel(CancellationReason::Patient, None, at(1)).unwrap());
    assert_eq!(off.cancel(CancellationReason::Other, None, at(2)), Err(AppointmentError::NotNow("cancelled")));
    assert!(
        then(arrived.clone(), arrived.cancel(CancellationReason::Patient, None, at(70)).unwrap()).keeps().eq(&false)
    );
    assert_eq!(Appointment::Unbooked.miss(at(0)), Err(AppointmentError::Unbooked));
}

#[test]
fn there_are_times_at_which_nothing_can_be() {
    let refused = |booking| Appointment::Unbooked.book(booking, &[], at(0)).unwrap_err();
    assert_eq!(refused(booking(-16)), AppointmentError::InThePast);
    assert_eq!(refused(booking(732 * 24 * 60)), AppointmentError::TooFar);
    let mut nobody = booking(0);
    nobody.place.participants.clear();
    assert_eq!(refused(nobody), AppointmentError::Impossible);
    let mut twice = booking(0);
    twice.place.participants.push(participant(1));
    assert_eq!(refused(twice), AppointmentError::Impossible);
    let mut backwards = booking(0);
    backwards.place.end = at(0);
    assert_eq!(refused(backwards), AppointmentError::Impossible);
    let far = Appointment::fold(&Appointment::Unbooked.book(booking(2 * 24 * 60), &[], at(0)).unwrap());
    assert_eq!(far.check_in(at(0)), Err(AppointmentError::TooEarly));
}

proptest! {
    /// Whatever is asked for in whatever order and at whatever time: what was decided folds to the state it led to, what
    /// is over stays over, and who keeps a resource has one.
    #[test]
    fn no_sequence_of_commands_reaches_an_undefined_state(
        commands in proptest::collection::vec((0u8..10, -30i64..200, any::<bool>()), 0..60)
    ) {
        let (mut state, mut log, mut now) = (Appointment::default(), vec![], 0);
        for (command, time, busy) in commands {
            now += time.max(0) / 8;
            let conflicts = if busy { taken() } else { vec![] };
            let hold = Hold { until: at(now + time), offered_to: None };
            let decided = match command {
                0 => state.hold(booking(now + time), hold, &conflicts, at(now)),
                1 => state.book(booking(now + time), &conflicts, at(now)),
                2 => state.confirm(None, &conflicts, at(now)),
                3 => state.reschedule(place(now + time), &conflicts, at(now)),
                4 => state.check_in(at(now)),
                5 => state.complete(at(now)),
                6 => state.cancel(CancellationReason::Other, None, at(now)),
                7 => state.miss(at(now)),
                8 => state.release(None, at(now)),
                _ => state.expire(at(now)),
            };
            let Ok(events) = decided else { continue };
            let over = ["fulfilled", "cancelled", "noshow", "released"].contains(&state.status());
            prop_assert!(!over, "{} decided {:?}", state.status(), events);
            let before = state.clone();
            state = then(state, events.clone());
            prop_assert!(events.is_empty() || before != state);
            log.extend(events);
            prop_assert_eq!(&Appointment::fold(&log), &state);
            let place = &state.booking().expect("it was asked for").place;
            prop_assert!(!state.keeps() || (!place.participants.is_empty() && place.start < place.end));
        }
        prop_assert_eq!(state == Appointment::Unbooked, log.is_empty());
    }
}
