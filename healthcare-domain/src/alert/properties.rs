//! Whatever is asked of an alert in whatever order.

use chrono::{DateTime, Duration, Utc};
use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::taken::taken;

fn at(minutes: i64) -> DateTime<Utc> {
    "2026-01-01T00:00:00Z".parse::<DateTime<Utc>>().unwrap() + Duration::minutes(minutes)
}

pub fn content(priority: Priority) -> AlertContent {
    AlertContent {
        patient: PatientId(Uuid::from_u128(1)),
        rule: "news2".into(),
        rule_version: "1".into(),
        priority,
        title: format!("NEWS2, {priority:?}"),
        message: String::new(),
        measured_at: at(0),
        device: None,
        evidence: vec![],
    }
}

/// Whether one state may come after another.
fn may_follow(was: &Alert, now: &Alert) -> bool {
    match (was, now) {
        _ if was == now => true,
        (Alert::Unraised, Alert::Active { rung, .. }) => *rung == Rung::FIRST,
        (
            Alert::Active { content: was, raised_at: then, rung: below },
            Alert::Active { content: now, raised_at, rung },
        ) => {
            let climbed = was == now && *rung == below.next();
            let worsened = now.priority > was.priority && rung == below;
            raised_at == then && (climbed || worsened)
        }
        (
            Alert::Active { content: was, raised_at: then, rung: told },
            Alert::Acknowledged { content: now, raised_at, rung, .. },
        ) => (was, then, told) == (now, raised_at, rung),
        // What is worse than what somebody answered for begins at the foot of the ladder.
        (
            Alert::Acknowledged { content: was, raised_at: then, .. },
            Alert::Active { content: now, raised_at, rung },
        ) => now.priority > was.priority && raised_at == then && *rung == Rung::FIRST,
        (Alert::Active { content: was, .. }, Alert::Cleared { content: now, .. }) => {
            was == now && was.priority < Priority::High
        }
        (Alert::Acknowledged { content: was, .. }, Alert::Cleared { content: now, .. }) => was == now,
        (Alert::Unraised, Alert::Acknowledged { .. } | Alert::Cleared { .. })
        | (_, Alert::Unraised)
        | (Alert::Acknowledged { .. }, Alert::Acknowledged { .. })
        | (Alert::Cleared { .. }, _) => false,
    }
}

proptest! {
    /// The ladder is climbed a rung at a time, a high alert ends only after somebody answered, worse needs an answer again,
    /// and what is over stays over.
    #[test]
    fn no_sequence_of_commands_reaches_an_undefined_state(
        commands in proptest::collection::vec((0u8..7, 0usize..3, 0i16..5), 0..60)
    ) {
        let (mut state, mut log) = (Alert::default(), vec![]);
        for (n, (command, priority, rung)) in commands.into_iter().enumerate() {
            let (was, now) = (state.clone(), at(i64::try_from(n).unwrap()));
            let content = content([Priority::Low, Priority::Medium, Priority::High][priority]);
            let decided = match command {
                0 => state.raise(content, now),
                1 | 2 => state.worsen(content, now),
                3 => state.acknowledge(AccountId(Uuid::from_u128(2)), None, now),
                4 => state.clear(now),
                _ => state.escalate(Rung(rung), now),
            };
            taken(&mut state, &mut log, decided);
            prop_assert!(may_follow(&was, &state), "{:?} after {:?}", state, was);
        }
        prop_assert_eq!(state == Alert::Unraised, log.is_empty());
    }
}
