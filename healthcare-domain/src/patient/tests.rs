//! The aggregate as a whole: no sequence of commands leads astray, and what was stored years ago is still read.

use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::DomainEvent;

fn at(minute: i64) -> DateTime<Utc> {
    DateTime::<Utc>::UNIX_EPOCH + chrono::Duration::days(20_000) + chrono::Duration::minutes(minute)
}

fn why() -> Remark {
    Remark::try_from("a reason".to_owned()).unwrap()
}

fn person(variant: u8) -> Demographics {
    Demographics {
        names: vec![HumanName { family: Some(format!("Family{variant}")), ..HumanName::default() }],
        deceased: (variant == 7).then(|| Deceased::since(Some(at(-10)))),
        ..Demographics::default()
    }
}

fn stages() -> Vec<String> {
    let catalogue = PathwayCatalogue::embedded().unwrap();
    catalogue.all()[0].stages.iter().map(|stage| stage.id.clone()).collect()
}

proptest! {
    /// Whatever is asked for in whatever order: what was decided folds to the state it led to and survives storage; a
    /// record that was entered in error never changes again; a pathway is walked in order and nothing twice.
    #[test]
    fn no_sequence_of_commands_reaches_an_undefined_state(
        commands in proptest::collection::vec((0u8..7, 0u8..8, any::<bool>()), 0..60)
    ) {
        let catalogue = PathwayCatalogue::embedded().unwrap();
        let (mut state, mut log) = (Patient::default(), Vec::<PatientEvent>::new());
        for (minute, (command, argument, flag)) in commands.into_iter().enumerate() {
            let now = at(i64::try_from(minute).unwrap());
            let stage = stages()[usize::from(argument) % stages().len()].clone();
            let cause = Cause { kind: "device.assigned".into(), event: format!("d:{argument}") };
            let decided = match command {
                0 => state.register(person(argument), now),
                1 => state.update(person(argument), now),
                2 => state.deactivate(why(), flag, now),
                3 => state.reactivate(why(), now),
                4 if argument == 0 => state.enter_in_error(why(), if flag { Bound::ByVisit } else { Bound::ByNothing }, now),
                4 => Ok(state.moved_by(&catalogue, &cause, now)),
                _ => {
                    let by = AccountId(Uuid::nil());
                    state.advance_pathway(&catalogue, Advance { pathway: None, stage, by, at: now })
                }
            };
            let before = state.clone();
            let Ok(events) = decided else { continue };
            for event in events {
                let stored = serde_json::to_vec(&event).unwrap();
                prop_assert_eq!(&serde_json::from_slice::<PatientEvent>(&stored).unwrap(), &event);
                state.apply(&event);
                log.push(event);
            }
            if let Patient::Registered { standing: Standing::EnteredInError { .. }, .. } = before {
                prop_assert_eq!(&before, &state);
            }
        }
        prop_assert_eq!(&Patient::fold(&log), &state);
        prop_assert_eq!(state == Patient::Unregistered, log.is_empty());
        if let Patient::Registered { demographics, pathways, .. } = &state {
            prop_assert!(!demographics.names.is_empty());
            for (_, steps) in pathways.all() {
                let walked: Vec<_> = steps.iter().map(|step| step.stage.clone()).collect();
                prop_assert_eq!(&walked[..], &stages()[..walked.len()]);
                prop_assert!(steps.is_sorted_by_key(|step| step.at));
            }
        }
    }
}

/// Golden: the events as they were stored before pathways, contacts and standings were there.
#[test]
fn events_of_the_first_shape_are_still_read() {
    let stored = [
        r#"{"type":"PatientRegistered","demographics":{"identifiers":[{"system":"urn:x","value":"1"}],"names":[{"use":"official","family":"Ferreira","given":["Ana"]}],"gender":"female","birth_date":"1954-03-02","telecom":[{"system":"phone","value":"1","use":"home"}],"addresses":[{"lines":["Rua 1"],"city":"Porto"}],"language":"pt-PT"}}"#,
        r#"{"type":"PathwayAdvanced","stage":"enrolled","at":"2026-11-21T10:00:00Z"}"#,
        r#"{"type":"PathwayAdvanced","stage":"device","at":"2026-11-21T11:00:00Z"}"#,
        r#"{"type":"PatientUpdated","demographics":{"names":[{"family":"Ferreira"}],"gender":"unknown","deceased":{"at":null}}}"#,
    ];
    let mut state = Patient::default();
    for bytes in stored {
        let DomainEvent::Patient(event) = DomainEvent::decode(StreamType::Patient, bytes.as_bytes()).unwrap() else {
            panic!("an event of a patient")
        };
        state.apply(&event);
    }
    let Patient::Registered { demographics, pathways, standing } = state else { panic!("registered") };
    assert_eq!((demographics.deceased, standing), (Some(Deceased::since(None)), Standing::Active));
    let latest = pathways.latest("monitoring").expect("on the pathway there was");
    assert_eq!((latest.stage.as_str(), latest.by, &latest.because), ("device", None, &None));
    let catalogue = PathwayCatalogue::embedded().unwrap();
    assert_eq!(catalogue.all()[0].after(Some(&latest.stage)).unwrap().id, "welcome");
}
