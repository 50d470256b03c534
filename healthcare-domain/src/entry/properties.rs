//! Whatever is asked of an entry in whatever order, for each kind of entry that is written here.

use chrono::{DateTime, Duration, Utc};
use proptest::prelude::*;

use super::*;
use crate::{code::CodeableConcept, plan::CareGoal, taken::taken};

fn now() -> DateTime<Utc> {
    "2026-11-20T08:00:00Z".parse().unwrap()
}

/// Asks for this, and holds what was decided against its fold.
fn ask<C: Content + serde::de::DeserializeOwned + Serialize>(
    commands: Vec<(u8, C)>,
) -> Result<(), proptest::test_runner::TestCaseError>
where
    Entry<C>: EventSourced<Event = EntryEvent<C>>,
{
    let (mut state, mut log) = (Entry::<C>::default(), vec![]);
    for (command, content) in commands {
        let decided = match command {
            0 => state.record_live(content, now()),
            1..=5 => state.amend_live(content, now()),
            _ => state.enter_in_error(Remark::try_from("why".to_owned()).unwrap()),
        };
        let Ok(events) = decided else { continue };
        prop_assert!(events.is_empty() || !matches!(state, Entry::EnteredInError(_)));
        for event in &events {
            let stored = serde_json::to_vec(event).unwrap();
            prop_assert_eq!(&serde_json::from_slice::<EntryEvent<C>>(&stored).unwrap(), event);
            state.apply(event);
        }
        log.extend(events);
        prop_assert_eq!(&Entry::<C>::fold(&log), &state);
        if let Entry::Recorded(content) = &state {
            prop_assert_eq!(content.check(now()), Ok(()));
        }
    }
    prop_assert_eq!(state == Entry::Unwritten, log.is_empty());
    Ok(())
}

/// What another system tells of an entry: it holds what was told last, until it is struck out, and then for good.
fn told<C: Content + serde::de::DeserializeOwned + Serialize>(
    commands: Vec<(u8, C)>,
) -> Result<(), proptest::test_runner::TestCaseError>
where
    Entry<C>: EventSourced<Event = EntryEvent<C>, Error = EntryError>,
{
    let (mut state, mut log) = (Entry::<C>::default(), vec![]);
    for (command, content) in commands {
        let was = state.clone();
        let decided = match command {
            0..=2 => state.record(content.clone()),
            3..=6 => state.amend(content.clone()),
            _ => state.enter_in_error(Remark::try_from("why".to_owned()).unwrap()),
        };
        let moved = taken(&mut state, &mut log, decided);
        match (was, &state) {
            (was, now) if !moved => prop_assert_eq!(&was, now),
            (Entry::Unwritten, Entry::Recorded(held)) => prop_assert!(command <= 2 && *held == content),
            (Entry::Recorded(_), Entry::Recorded(held)) => prop_assert!((3..=6).contains(&command) && *held == content),
            (Entry::Recorded(before), Entry::EnteredInError(held)) => prop_assert!(command > 6 && *held == before),
            (was, now) => prop_assert!(false, "{:?} after {:?}", now, was),
        }
    }
    prop_assert_eq!(state == Entry::Unwritten, log.is_empty());
    Ok(())
}

fn code(n: u8) -> CodeableConcept {
    if n == 0 { CodeableConcept::default() } else { CodeableConcept::words(format!("code {n}")) }
}

proptest! {
    #[test]
    fn procedures(asked in proptest::collection::vec((0u8..8, 0u8..4, -60i64..20, -60i64..20, 0usize..3), 0..40)) {
        let statuses = ["completed", "in-progress", "not-done"];
        ask(asked.into_iter().map(|(command, n, from, to, status)| (command, Procedure {
            code: code(n),
            status: statuses[status].into(),
            started_at: Some(now() + Duration::minutes(from)),
            ended_at: (n > 1).then(|| now() + Duration::minutes(to)),
            status_reason: (n > 2).then(|| code(n)),
            ..Procedure::default()
        })).collect())?;
    }

    #[test]
    fn immunizations(asked in proptest::collection::vec((0u8..8, 0u8..4, -60i64..20, 0usize..3), 0..40)) {
        let statuses = ["completed", "not-done", "given"];
        ask(asked.into_iter().map(|(command, n, at, status)| (command, Immunization {
            vaccine: code(n),
            status: statuses[status].into(),
            given_at: (n > 1).then(|| now() + Duration::minutes(at)),
            status_reason: (n > 2).then(|| code(n)),
            ..Immunization::default()
        })).collect())?;
    }

    #[test]
    fn calculated_scores(asked in proptest::collection::vec((0u8..8, 0u8..4, -60i64..20), 0..40)) {
        ask(asked.into_iter().map(|(command, n, at)| (command, CalculatedScore {
            score: if n == 0 { String::new() } else { format!("score-{n}") },
            title: "A score".into(),
            version: "1".into(),
            citation: "A source".into(),
            complete: n > 1,
            value: (n > 1).then(|| n.into()),
            partial: (n == 1).then(|| n.into()),
            unit: None,
            band: None,
            parts: vec![ScorePart { name: "part".into(), points: (n > 1).then(|| n.into()) }],
            missing: if n > 1 { vec![] } else { vec!["age".into()] },
            inputs: (0..n).map(|i| ScoreInput {
                name: format!("input-{i}"),
                value: i.into(),
                taken_from: (i > 1).then(|| TakenFrom { stream: uuid::Uuid::from_u128(1), version: 1, at: now() }),
            }).collect(),
            computed_at: now() + Duration::minutes(at),
            encounter: None,
            by: crate::id::AccountId(uuid::Uuid::from_u128(2)),
        })).collect())?;
    }

    #[test]
    fn family_histories(asked in proptest::collection::vec((0u8..8, 0u8..4, 0u16..200, 0u16..200), 0..40)) {
        ask(asked.into_iter().map(|(command, n, onset, died)| (command, FamilyHistory {
            relationship: code(n),
            deceased_age: (n > 1).then_some(died),
            conditions: vec![FamilyCondition {
                code: code(n + 1), onset_age: Some(onset), outcome: None, contributed_to_death: None, note: None,
            }],
            ..FamilyHistory::default()
        })).collect())?;
    }

    #[test]
    fn what_another_system_sends(asked in proptest::collection::vec((0u8..9, 0u8..3, any::<bool>()), 0..40)) {
        told(asked.iter().map(|(command, n, laboratory)| (*command, DiagnosticReport {
            code: code(*n),
            service: if *laboratory { ReportService::Laboratory } else { ReportService::Radiology },
            ..DiagnosticReport::default()
        })).collect())?;
        told(asked.iter().map(|(command, n, active)| (*command, Practitioner {
            name: format!("Dr {n}"), active: Some(*active), ..Practitioner::default()
        })).collect())?;
        told(asked.iter().map(|(command, n, active)| (*command, Organization {
            name: format!("House {n}"), active: Some(*active), ..Organization::default()
        })).collect())?;
        told(asked.iter().map(|(command, n, known)| (*command, ExternalRecord {
            resource_type: "Claim".into(), resource: serde_json::json!({ "id": n, "known": known }), beside: None,
        })).collect())?;
        told(asked.iter().map(|(command, n, active)| (*command, CareGoal {
            description: code(*n), status: if *active { "active" } else { "on-hold" }.into(), ..goal()
        })).collect())?;
    }
}

fn goal() -> CareGoal {
    CareGoal {
        identifiers: vec![],
        achievement: None,
        categories: vec![],
        description: CodeableConcept::default(),
        started_on: None,
        targets: vec![],
        addresses: vec![],
        status: String::new(),
    }
}
