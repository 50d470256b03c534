use proptest::prelude::*;
use uuid::Uuid;

use super::*;

fn at(minutes: i64) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + chrono::Duration::minutes(minutes)
}

fn wish() -> Wish {
    let appointment_type = AppointmentTypeId(Uuid::nil());
    let priority = WaitPriority::Soon;
    Wish { appointment_type, priority, resource: None, from: at(0), until: at(1_000), comment: None }
}

fn offer(start: i64, until: i64) -> Offer {
    Offer { appointment: AppointmentId(Uuid::nil()), start: at(start), until: at(until) }
}

fn then(mut entry: WaitlistEntry, events: Vec<WaitlistEvent>) -> WaitlistEntry {
    for event in events {
        entry.apply(&event);
    }
    entry
}

fn waiting() -> WaitlistEntry {
    WaitlistEntry::fold(&WaitlistEntry::Unwritten.join(wish(), at(0)).unwrap())
}

#[test]
fn an_offer_is_taken_in_its_time() {
    let offered = then(waiting(), waiting().offer(offer(60, 30)).unwrap());
    assert_eq!(offered.accept(at(30)), Err(WaitlistError::OfferOver));
    assert_eq!(offered.leave(at(1)), Err(WaitlistError::Offered));
    assert_eq!(offered.offer(offer(90, 30)), Err(WaitlistError::Offered));
    let done = then(offered.clone(), offered.accept(at(29)).unwrap());
    assert_eq!(done.offer(offer(90, 30)), Err(WaitlistError::Closed));
}

#[test]
fn what_was_passed_by_is_not_offered_again() {
    let offered = then(waiting(), waiting().offer(offer(60, 30)).unwrap());
    let again = then(offered.clone(), offered.pass(at(5)).unwrap());
    assert_eq!(again.offer(offer(60, 90)), Err(WaitlistError::AnotherWish));
    assert!(again.offer(offer(61, 90)).is_ok());
    assert_eq!(waiting().offer(offer(1_000, 90)), Err(WaitlistError::AnotherWish), "too late for them");
    assert_eq!(waiting().accept(at(0)), Err(WaitlistError::NothingOffered));
    let bad = Wish { until: at(0), ..wish() };
    assert_eq!(WaitlistEntry::Unwritten.join(bad, at(0)), Err(WaitlistError::BadTimes));
}

proptest! {
    /// Whatever is asked for: what was decided folds to the state it led to, and what is over stays over.
    #[test]
    fn no_sequence_of_commands_reaches_an_undefined_state(
        commands in proptest::collection::vec((0u8..5, 0i64..1_200), 0..50)
    ) {
        let (mut state, mut log) = (WaitlistEntry::default(), vec![]);
        for (command, time) in commands {
            let decided = match command {
                0 => state.join(wish(), at(time)),
                1 => state.offer(offer(time, time + 30)),
                2 => state.accept(at(time)),
                3 => state.pass(at(time)),
                _ => state.leave(at(time)),
            };
            let Ok(events) = decided else { continue };
            let over = matches!(state, WaitlistEntry::Fulfilled { .. } | WaitlistEntry::Withdrawn { .. });
            prop_assert!(!over);
            state = then(state, events.clone());
            log.extend(events);
            prop_assert_eq!(&WaitlistEntry::fold(&log), &state);
        }
        prop_assert_eq!(state == WaitlistEntry::Unwritten, log.is_empty());
    }
}
