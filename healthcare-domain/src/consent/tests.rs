use proptest::prelude::*;

use super::*;
use crate::code::Coding;

fn now() -> DateTime<Utc> {
    "2026-11-21T10:00:00Z".parse().unwrap()
}

fn why() -> Remark {
    Remark::try_from("told at the desk".to_owned()).unwrap()
}

fn research() -> ConsentContent {
    ConsentContent {
        identifiers: vec![],
        scope: CodeableConcept::of(Coding::new(
            "http://terminology.hl7.org/CodeSystem/consentscope",
            "research",
            "Research",
        )),
        categories: vec![CodeableConcept::of(Coding::new(crate::code::LOINC, "59284-0", "Consent Document"))],
        decision: Decision::Permit,
        decided_on: "2026-11-20".parse().ok(),
        decided_at: None,
        period: None,
        given_by: None,
        recorded_by: None,
    }
}

fn given() -> Consent {
    Consent::fold(&Consent::Unrecorded.record(research(), now()).unwrap())
}

fn then(mut consent: Consent, events: Vec<ConsentEvent>) -> Consent {
    for event in events {
        consent.apply(&event);
    }
    consent
}

#[test]
fn a_consent_is_given_once_and_withdrawn_once() {
    assert_eq!(given().record(research(), now()), Err(ConsentError::AlreadyRecorded));
    let withdrawn = then(given(), given().withdraw(now(), why(), None, now()).unwrap());
    assert!(matches!(&withdrawn, Consent::Withdrawn { content, .. } if **content == research()));
    assert_eq!(withdrawn.withdraw(now(), why(), None, now()), Err(ConsentError::NotActive));
    assert_eq!(Consent::Unrecorded.withdraw(now(), why(), None, now()), Err(ConsentError::Unrecorded));
}

#[test]
fn it_is_not_withdrawn_before_it_was_given_nor_ahead_of_time() {
    let at = |text: &str| text.parse().unwrap();
    assert_eq!(
        given().withdraw(at("2026-11-19T23:59:59Z"), why(), None, now()),
        Err(ConsentError::WithdrawnBeforeGiven)
    );
    assert_eq!(given().withdraw(at("2026-11-21T10:00:01Z"), why(), None, now()), Err(ConsentError::InTheFuture));
}

#[test]
fn a_consent_says_what_it_is_about() {
    let refused = |content| Consent::Unrecorded.record(content, now()).unwrap_err();
    assert_eq!(refused(ConsentContent { scope: CodeableConcept::default(), ..research() }), ConsentError::AboutNothing);
    assert_eq!(refused(ConsentContent { categories: vec![], ..research() }), ConsentError::AboutNothing);
    let period = Some(Period { start: "2026".parse().ok(), end: "2025".parse().ok() });
    assert_eq!(refused(ConsentContent { period, ..research() }), ConsentError::PeriodBackwards);
    assert_eq!(refused(ConsentContent { decided_on: "2027".parse().ok(), ..research() }), ConsentError::InTheFuture);
}

#[test]
fn a_mistaken_consent_is_struck_out_for_good() {
    let struck = then(given(), given().enter_in_error(why()).unwrap());
    assert_eq!(struck, Consent::EnteredInError(Box::new(research())));
    assert_eq!(struck.enter_in_error(why()), Err(ConsentError::NotActive));
    assert_eq!(struck.amend(research(), now()), Err(ConsentError::NotActive));
    assert_eq!(struck.withdraw(now(), why(), None, now()), Err(ConsentError::NotActive));
    assert_eq!(Consent::Unrecorded.enter_in_error(why()), Err(ConsentError::Unrecorded));
}

#[test]
fn what_its_source_says_otherwise_is_amended_and_the_same_is_nothing() {
    assert_eq!(given().amend(research(), now()), Ok(vec![]));
    let denied = ConsentContent { decision: Decision::Deny, ..research() };
    assert_eq!(then(given(), given().amend(denied.clone(), now()).unwrap()), Consent::Active(Box::new(denied)));
    assert_eq!(Consent::Unrecorded.amend(research(), now()), Err(ConsentError::Unrecorded));
}

proptest! {
    /// Whatever is asked for in whatever order: what was decided folds to the state it led to and survives storage, and
    /// what was struck out or withdrawn never holds again.
    #[test]
    fn no_sequence_of_commands_reaches_an_undefined_state(
        commands in proptest::collection::vec((0u8..4, -3i64..3), 0..40)
    ) {
        let (mut state, mut log, mut over) = (Consent::default(), Vec::<ConsentEvent>::new(), false);
        for (command, days) in commands {
            let at = now() + chrono::Duration::days(days);
            let decision = if days > 0 { Decision::Permit } else { Decision::Deny };
            let content = ConsentContent { decision, ..research() };
            let decided = match command {
                0 => state.record(content, now()),
                1 => state.amend(content, now()),
                2 => state.withdraw(at, why(), None, now()),
                _ => state.enter_in_error(why()),
            };
            for event in decided.unwrap_or_default() {
                let stored = serde_json::to_vec(&event).unwrap();
                prop_assert_eq!(&serde_json::from_slice::<ConsentEvent>(&stored).unwrap(), &event);
                state.apply(&event);
                log.push(event);
            }
            over |= matches!(state, Consent::Withdrawn { .. } | Consent::EnteredInError(_));
            prop_assert!(!(over && matches!(state, Consent::Active(_))));
        }
        prop_assert_eq!(&Consent::fold(&log), &state);
        prop_assert_eq!(state == Consent::Unrecorded, log.is_empty());
    }
}
