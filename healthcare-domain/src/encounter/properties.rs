//! Whatever is asked of a visit in whatever order.

use chrono::{DateTime, Duration, Utc};
use proptest::prelude::*;

use super::*;
use crate::{
    EventSourced,
    care_team::Act,
    code::CodeableConcept,
    id::{AccountId, BedId, ProblemId},
    text::Remark,
};

fn at(minutes: i64) -> DateTime<Utc> {
    "2026-11-20T08:00:00Z".parse::<DateTime<Utc>>().unwrap() + Duration::minutes(minutes)
}

fn id(n: u8) -> uuid::Uuid {
    uuid::Uuid::from_u128(u128::from(n))
}

proptest! {
    /// What was decided folds to the state it led to and survives being stored; what is over holds no bed and takes no
    /// further step of its course; times go on; ranks have no gaps.
    #[test]
    fn no_sequence_of_commands_reaches_an_undefined_state(
        commands in proptest::collection::vec((0u8..18, -30i64..200, 0u8..5), 0..80)
    ) {
        let (mut state, mut log, mut now) = (Encounter::default(), vec![], 0);
        let why = || Remark::try_from("why".to_owned()).unwrap();
        for (command, time, n) in commands {
            now += time.max(0) / 8;
            let (when, today) = (at(now + time), at(now));
            let class = EncounterClass::ALL[usize::from(n)];
            let used = DiagnosisUse::ALL[usize::from(n % 2)];
            let role = ParticipantRole::ALL[usize::from(n)];
            let (account, problem) = (AccountId(id(n)), ProblemId(id(n)));
            let act = if n % 2 == 0 { Act::Own } else { Act::Anothers };
            let place = Place { bed_id: (n > 1).then(|| BedId(id(n))), ..Place::on(format!("ward {n}")) };
            let admission = Admission::of(class, when).at(place.clone());
            let triage = Triage { scale: TriageScale::Esi, level: n, complaint: None, note: None };
            let summary = DischargeSummary {
                course: why(), condition: None, medication: None, instructions: None, follow_up: vec![],
            };
            let over = state.ensure_open().is_err() && state != Encounter::NotAdmitted && state.status() != "planned";
            let decided = match command {
                0 => state.admit(admission, today),
                1 => state.begin(admission, Stage::Arrived, today),
                2 => state.plan(admission, today),
                3 => state.arrive(when, today),
                4 => state.triage(triage, account, (when, today)),
                5 => state.start(when, today),
                6 => state.begin_leave((None, Some(why())), (when, today)),
                7 => state.end_leave(when, today),
                8 => state.change_class(class, when, today),
                9 => state.transfer(place, when, today),
                10 => state.join(account, (role, act), today),
                11 => state.part(account, role, today),
                12 => state.list_diagnosis((problem, CodeableConcept::words("x")), used, (n > 2).then_some(1), true),
                13 => state.rank_diagnosis(problem, used, u16::from(n)),
                14 => state.remove_diagnosis(problem, used, why()),
                15 => state.write_summary(summary, account, today),
                16 => state.discharge_live((Disposition::Home, None), Demands::default(), (when, today)),
                _ if n == 4 => state.enter_in_error(why()),
                _ => state.cancel(why(), today),
            };
            let Ok(events) = decided else { continue };
            prop_assert!(!over || command > 11, "{} decided {:?}", state.status(), events);
            let before = state.clone();
            for event in &events {
                let stored = serde_json::to_vec(event).unwrap();
                prop_assert_eq!(&serde_json::from_slice::<EncounterEvent>(&stored).unwrap(), event);
                state.apply(event);
            }
            prop_assert!(events.is_empty() || before != state);
            log.extend(events);
            prop_assert_eq!(&Encounter::fold(&log), &state);
            let visit = state.visit().expect("it was recorded");
            prop_assert!(visit.stages.is_sorted_by_key(|one| one.at) && visit.places.is_sorted_by_key(|one| one.since));
            prop_assert!(visit.classes.is_sorted_by_key(|one| one.since));
            let under_way = matches!(state, Encounter::Admitted { .. });
            prop_assert!(under_way || state.holds().is_none());
            for used in DiagnosisUse::ALL {
                let ranks: Vec<usize> =
                    visit.diagnoses.iter().filter(|one| one.used == used).map(|one| usize::from(one.rank)).collect();
                prop_assert_eq!(ranks, (1..=visit.listed(used)).collect::<Vec<_>>());
            }
        }
        prop_assert_eq!(state == Encounter::NotAdmitted, log.is_empty());
    }
}
