//! What is recorded of a result, corrected, seen and struck out.

use chrono::{DateTime, Duration, Utc};
use rust_decimal::Decimal;
use uuid::Uuid;

use super::*;
use crate::code::Coding;

const BY: AccountId = AccountId(Uuid::from_u128(2));

fn now() -> DateTime<Utc> {
    "2026-01-01T08:00:00Z".parse().unwrap()
}

fn why() -> Remark {
    Remark::try_from("another patient's sample".to_owned()).unwrap()
}

fn potassium(value: i64) -> Observation {
    let value = Quantity { value: Decimal::new(value, 1), unit: "mmol/L".into() };
    Observation {
        identifiers: vec![],
        category: ObservationCategory::Laboratory,
        code: CodeableConcept::words("Potassium".to_owned()),
        value: Some(ObservationValue::Quantity(value)),
        components: vec![],
        data_absent_reason: None,
        interpretation: vec![],
        reference_range: None,
        status: "final".into(),
        effective_at: now(),
        issued_at: None,
        encounter: None,
    }
}

fn then(mut record: ObservationRecord, events: Vec<ObservationEvent>) -> ObservationRecord {
    events.iter().for_each(|event| record.apply(event));
    record
}

fn recorded(imported: bool) -> ObservationRecord {
    ObservationRecord::fold(&ObservationRecord::Unrecorded.record(potassium(41), imported, now()).unwrap())
}

#[test]
fn it_is_recorded_once() {
    let events = ObservationRecord::Unrecorded.record(potassium(41), false, now()).unwrap();
    let expected =
        ObservationEvent::ObservationRecorded { observation: potassium(41), imported: false, overrides: vec![] };
    assert_eq!(events, [expected]);
    assert_eq!(recorded(false), ObservationRecord::Recorded { observation: potassium(41), viewed: Viewed::No });
    assert_eq!(recorded(false).record(potassium(41), false, now()), Err(ObservationError::AlreadyRecorded));
}

/// Both when it is recorded and when somebody amends it.
#[test]
fn it_has_a_name_something_to_say_and_lies_not_ahead() {
    let nameless = Observation { code: CodeableConcept::default(), ..potassium(41) };
    let mute = Observation { value: None, ..potassium(41) };
    let ahead = Observation { effective_at: now() + Duration::minutes(5) + Duration::seconds(1), ..potassium(41) };
    for (bad, refusal) in [
        (nameless, ObservationError::Unnamed),
        (mute.clone(), ObservationError::NoValue),
        (ahead, ObservationError::InTheFuture),
    ] {
        assert_eq!(ObservationRecord::Unrecorded.record(bad.clone(), false, now()), Err(refusal.clone()));
        assert_eq!(recorded(false).amend_live(bad, now()), Err(refusal));
    }
    let absent = Observation { data_absent_reason: Some(CodeableConcept::words("clotted".to_owned())), ..mute.clone() };
    let part = Component { code: CodeableConcept::words("systolic".to_owned()), value: None };
    for good in [absent, Observation { components: vec![part], ..mute }] {
        assert!(ObservationRecord::Unrecorded.record(good, false, now()).is_ok());
    }
}

#[test]
fn a_result_is_seen_once_and_one_from_elsewhere_was_seen_there() {
    let seen = recorded(false).view(BY, now()).unwrap();
    assert_eq!(seen, [ObservationEvent::ResultViewed { by: BY, at: now() }]);
    let seen = then(recorded(false), seen);
    assert_eq!(seen.view(AccountId(Uuid::from_u128(3)), now()), Ok(vec![]));
    assert_eq!(recorded(true).view(BY, now()), Ok(vec![]));
    assert_eq!(ObservationRecord::Unrecorded.view(BY, now()), Err(ObservationError::Unrecorded));
}

#[test]
fn a_corrected_result_is_looked_at_again_and_the_same_again_is_nothing() {
    let seen = then(recorded(false), recorded(false).view(BY, now()).unwrap());
    assert_eq!(seen.amend(potassium(41)), Ok(vec![]));
    assert_eq!(seen.amend_live(potassium(41), now()), Ok(vec![]));
    let corrected = then(seen.clone(), seen.amend_live(potassium(62), now()).unwrap());
    assert_eq!(corrected, ObservationRecord::Recorded { observation: potassium(62), viewed: Viewed::No });
    assert_eq!(corrected.view(BY, now()).map(|events| events.len()), Ok(1));
    let elsewhere = then(recorded(true), recorded(true).amend(potassium(62)).unwrap());
    let expected = ObservationRecord::Recorded { observation: potassium(62), viewed: Viewed::Elsewhere };
    assert_eq!(elsewhere, expected);
    assert_eq!(ObservationRecord::Unrecorded.amend(potassium(62)), Err(ObservationError::Unrecorded));
    assert_eq!(ObservationRecord::Unrecorded.amend_live(potassium(62), now()), Err(ObservationError::Unrecorded));
}

#[test]
fn what_is_struck_out_stays_so() {
    let struck = recorded(false).enter_in_error(why()).unwrap();
    assert_eq!(struck, [ObservationEvent::ObservationEnteredInError { reason: why() }]);
    let struck = then(recorded(false), struck);
    assert_eq!(struck, ObservationRecord::EnteredInError(potassium(41)));
    let over = Err(ObservationError::EnteredInError);
    assert_eq!(struck.enter_in_error(why()), over);
    assert_eq!(struck.record(potassium(41), false, now()), over);
    assert_eq!(struck.amend(potassium(62)), over);
    assert_eq!(struck.amend_live(potassium(62), now()), over);
    assert_eq!(struck.view(BY, now()), over);
    assert_eq!(ObservationRecord::Unrecorded.enter_in_error(why()), Err(ObservationError::Unrecorded));
}

/// What a person types is held against the patient's life, and a weight is no laboratory's.
#[test]
fn what_is_typed_is_of_a_life_and_no_vital_sign() {
    let born = Some("2025-12-31".parse().unwrap());
    let before = Observation { effective_at: "2025-12-29T23:00:00Z".parse().unwrap(), ..potassium(41) };
    assert_eq!(before.ensure_typed(born), Err(ObservationError::BeforeBirth));
    assert_eq!((before.ensure_typed(None), potassium(41).ensure_typed(born)), (Ok(()), Ok(())));
    let code = CodeableConcept { coding: vec![Coding::new(LOINC, "29463-7", "Body weight")], text: None };
    let weight = Observation { code, ..potassium(41) };
    assert_eq!(weight.ensure_typed(born), Err(ObservationError::VitalSign(VitalSign::BodyWeight)));
    let social = Observation { category: ObservationCategory::SocialHistory, ..weight.clone() };
    assert_eq!(social.ensure_typed(born), Ok(()));
    assert!(ObservationRecord::Unrecorded.record(weight, false, now()).is_ok(), "of a program it is kept");
}
