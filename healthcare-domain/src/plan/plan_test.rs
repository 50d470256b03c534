use chrono::{DateTime, NaiveDate, Utc};
use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::{
    DomainEvent,
    account::RoleName,
    entry::{Entry, EntryEvent},
    id::SuggestionId,
    party::Party,
    quantity::Quantity,
};

const ANN: AccountId = AccountId(Uuid::from_u128(1));
const BEN: AccountId = AccountId(Uuid::from_u128(2));

fn at(minutes: i64) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + chrono::Duration::minutes(minutes)
}

fn day(n: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2027, 1, n).unwrap()
}

fn because(words: &str) -> Remark {
    Remark::try_from(words.to_owned()).unwrap()
}

fn percent(value: i64) -> Quantity {
    Quantity { value: value.into(), unit: "%".into() }
}

fn content() -> PlanContent {
    PlanContent {
        title: "Diabetes".into(),
        description: None,
        categories: vec![],
        addresses: vec![],
        encounter: None,
        starts_at: at(0),
        ends_at: None,
    }
}

fn goal() -> GoalContent {
    GoalContent {
        description: CodeableConcept::words("HbA1c below 7 %"),
        measure: Some(CodeableConcept::words("Haemoglobin A1c")),
        target: Some(Target::Range { low: None, high: Some(percent(7)) }),
        due: Some(day(31)),
        addresses: vec![],
    }
}

fn activity() -> ActivityContent {
    ActivityContent {
        what: CodeableConcept::words("Teach injection"),
        instructions: None,
        assigned_to: Some(Party::Role(RoleName("nurse".into()))),
        scheduled_at: Some(at(60)),
    }
}

fn begun() -> Begun {
    Begun {
        content: content(),
        goals: vec![goal()],
        activities: vec![activity()],
        reviews: vec![(day(14), None)],
        template: None,
        suggestion: None,
    }
}

fn after(plan: &Plan, events: Vec<PlanEvent>) -> Plan {
    let mut plan = plan.clone();
    for event in events {
        plan.apply(&event);
    }
    plan
}

fn drafted() -> Plan {
    after(&Plan::Unwritten, Plan::Unwritten.draft(begun(), ANN, at(0)).unwrap())
}

fn active() -> Plan {
    after(&drafted(), drafted().activate(ANN, at(1)).unwrap())
}

fn planned(plan: &Plan) -> &Planned {
    match plan {
        Plan::Planned(planned) => planned,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_plan_goes_from_draft_to_its_end() {
    let plan = drafted();
    assert_eq!(planned(&plan).reviews[0].responsible, Party::Account(ANN), "its author, where nobody is named");
    assert_eq!(plan.complete(ANN, at(1)), Err(PlanError::NotNow));
    assert_eq!(plan.complete_activity(1, ANN, at(1), None), Err(PlanError::NotFollowed));
    let plan = active();
    assert_eq!(plan.activate(ANN, at(2)), Err(PlanError::NotNow));
    let rests = after(&plan, plan.hold(ANN, at(2), because("in theatre")).unwrap());
    assert_eq!((planned(&rests).status, &planned(&rests).reason), (PlanStatus::OnHold, &Some(because("in theatre"))));
    assert_eq!(rests.complete(ANN, at(3)), Err(PlanError::NotNow));
    let again = after(&rests, rests.resume(ANN, at(3)).unwrap());
    let done = after(&again, again.complete(ANN, at(4)).unwrap());
    assert_eq!((planned(&done).status, planned(&done).since), (PlanStatus::Completed, at(4)));
    assert_eq!(done.revoke(ANN, at(5), because("late")), Err(PlanError::Over));
    assert_eq!(done.add_activity(activity(), at(5)), Err(PlanError::Over));
    let struck = after(&done, done.enter_in_error(because("wrong patient")).unwrap());
    assert!(matches!(struck, Plan::EnteredInError(_)));
    assert_eq!(struck.enter_in_error(because("again")), Err(PlanError::Over));
}

#[test]
fn what_cannot_be_is_not_begun() {
    let draft = |begun: Begun| Plan::Unwritten.draft(begun, ANN, at(0));
    let untitled = PlanContent { title: " ".into(), ..content() };
    assert_eq!(draft(Begun { content: untitled, ..begun() }), Err(PlanError::NoTitle));
    let backwards = PlanContent { ends_at: Some(at(0)), ..content() };
    assert_eq!(draft(Begun { content: backwards, ..begun() }), Err(PlanError::BadPeriod));
    let twice = vec![(day(1), None), (day(1), None)];
    assert_eq!(draft(Begun { reviews: twice, ..begun() }), Err(PlanError::AlreadyDue));
    let nameless = GoalContent { description: CodeableConcept::default(), ..goal() };
    assert_eq!(draft(Begun { goals: vec![nameless], ..begun() }), Err(PlanError::NoDescription));
    let endless = vec![activity(); PARTS + 1];
    assert_eq!(draft(Begun { activities: endless, ..begun() }), Err(PlanError::TooLong));
    assert_eq!(drafted().draft(begun(), ANN, at(1)), Err(PlanError::AlreadyWritten));
}

#[test]
fn a_target_has_a_measure_one_unit_and_bounds_in_their_order() {
    let range = |low: Option<i64>, high: Option<i64>| Target::Range { low: low.map(percent), high: high.map(percent) };
    let with = |target: Target| GoalContent { target: Some(target), ..goal() };
    let add = |content: GoalContent| drafted().add_goal(content, false, ANN, at(1));
    assert!(add(with(range(Some(5), Some(7)))).is_ok() && add(with(Target::Value(percent(6)))).is_ok());
    assert_eq!(add(with(range(Some(8), Some(7)))), Err(PlanError::BadTarget));
    assert_eq!(add(with(range(None, None))), Err(PlanError::BadTarget));
    let other = Quantity { unit: "mmol/mol".into(), ..percent(5) };
    let mixed = Target::Range { low: Some(other.clone()), high: Some(percent(7)) };
    assert_eq!(add(with(mixed)), Err(PlanError::BadTarget));
    assert_eq!(add(GoalContent { measure: None, ..goal() }), Err(PlanError::BadTarget));
    assert_eq!(range(Some(5), Some(7)).is_reached_by(&percent(7)), Some(true));
    assert_eq!(range(Some(5), Some(7)).is_reached_by(&percent(8)), Some(false));
    assert_eq!(range(None, Some(7)).is_reached_by(&other), None, "another unit tells nothing");
    assert_eq!(Target::Value(percent(6)).is_reached_by(&percent(6)), Some(true));
}

#[test]
fn a_goal_is_met_missed_or_cancelled_once() {
    let plan = active();
    let seen = Uuid::from_u128(9);
    assert_eq!(drafted().change_goal(1, GoalChange::Meet(None), ANN, at(2)), Err(PlanError::NotFollowed));
    let met = after(&plan, plan.change_goal(1, GoalChange::Meet(Some(seen)), BEN, at(2)).unwrap());
    let goal_met = &planned(&met).goals[0];
    assert_eq!((goal_met.status, goal_met.evidence, goal_met.by), (GoalStatus::Met, Some(seen), Some(BEN)));
    assert_eq!(met.change_goal(1, GoalChange::Miss(because("no")), ANN, at(3)), Err(PlanError::PartIsOver));
    assert_eq!(plan.change_goal(2, GoalChange::Meet(None), ANN, at(2)), Err(PlanError::NoSuchPart));
    let proposed = after(&plan, plan.add_goal(goal(), true, ANN, at(2)).unwrap());
    assert_eq!(proposed.change_goal(2, GoalChange::Meet(None), ANN, at(3)), Err(PlanError::PartIsOver));
    let accepted = after(&proposed, proposed.change_goal(2, GoalChange::Accept, ANN, at(3)).unwrap());
    let missed = after(&accepted, accepted.change_goal(2, GoalChange::Miss(because("moved")), ANN, at(4)).unwrap());
    assert_eq!(planned(&missed).goals[1].status, GoalStatus::NotMet);
    let off = plan.change_goal(1, GoalChange::Cancel(because("dying")), ANN, at(2)).unwrap();
    assert_eq!(planned(&after(&plan, off)).goals[0].status, GoalStatus::Cancelled);
}

#[test]
fn an_activity_is_assigned_and_done_or_skipped_once() {
    let plan = active();
    let to = Some(Party::Account(BEN));
    let assigned = after(&plan, plan.assign(1, to.clone(), Some(at(90)), at(2)).unwrap());
    assert_eq!(assigned.assign(1, to.clone(), Some(at(90)), at(3)), Ok(vec![]));
    assert_eq!(planned(&assigned).activities[0].content.assigned_to, to);
    let done = after(&assigned, assigned.complete_activity(1, BEN, at(4), Some(because("well"))).unwrap());
    assert!(!planned(&done).activities[0].is_open());
    assert_eq!(done.skip_activity(1, BEN, at(5), because("no")), Err(PlanError::PartIsOver));
    assert_eq!(done.assign(1, None, None, at(5)), Err(PlanError::PartIsOver));
    assert_eq!(plan.skip_activity(7, BEN, at(5), because("no")), Err(PlanError::NoSuchPart));
    let skipped = after(&plan, plan.skip_activity(1, BEN, at(5), because("refused")).unwrap());
    let reason = because("refused");
    assert_eq!(planned(&skipped).activities[0].progress, Progress::Skipped { by: BEN, at: at(5), reason });
}

/// A plan that a suggestion began, with two activities and nothing else.
fn of_a_suggestion() -> Plan {
    let suggestion = Some(SuggestionId(Uuid::from_u128(8)));
    let begun = Begun { goals: vec![], reviews: vec![], activities: vec![activity(); 2], suggestion, ..begun() };
    let plan = Plan::fold(&Plan::Unwritten.draft(begun, ANN, at(0)).unwrap());
    after(&plan, plan.activate(ANN, at(1)).unwrap())
}

#[test]
fn a_plan_that_a_suggestion_began_ends_with_its_last_activity() {
    let plan = of_a_suggestion();
    let one = after(&plan, plan.complete_activity(1, BEN, at(5), None).unwrap());
    assert_eq!(planned(&one).status, PlanStatus::Active, "one is left");
    let late = one.complete_activity(2, BEN, at(0), None).unwrap();
    assert_eq!(late.last(), Some(&PlanEvent::PlanCompleted { by: BEN, at: at(1) }), "not before it was followed");
    assert_eq!(planned(&after(&one, late)).status, PlanStatus::Completed);
    let skipped = after(&one, one.skip_activity(2, BEN, at(6), because("refused")).unwrap());
    assert_eq!((planned(&skipped).status, planned(&skipped).since), (PlanStatus::Completed, at(6)));

    let reviewed = after(&one, one.schedule_review(day(21), Party::Account(BEN)).unwrap());
    assert_eq!(reviewed.complete_activity(2, BEN, at(6), None).unwrap().len(), 1, "somebody added a review");
    let aims = after(&one, one.add_goal(goal(), true, ANN, at(5)).unwrap());
    assert_eq!(aims.complete_activity(2, BEN, at(6), None).unwrap().len(), 1, "or a goal");
    let plain = active();
    assert_eq!(plain.complete_activity(1, BEN, at(6), None).unwrap().len(), 1, "a plan of its own goes on");
}

#[test]
fn a_plan_that_was_drafted_before_suggestions_began_any_is_still_read() {
    let drafted = Plan::Unwritten.draft(begun(), ANN, at(0)).unwrap().remove(0);
    let text = serde_json::to_string(&drafted).unwrap();
    assert!(!text.contains("suggestion"), "{text}");
    assert_eq!(serde_json::from_str::<PlanEvent>(&text).unwrap(), drafted);
}

#[test]
fn a_review_is_due_once_a_day_and_held_once() {
    let plan = active();
    assert_eq!(plan.schedule_review(day(14), Party::Account(BEN)), Err(PlanError::AlreadyDue));
    let two = after(&plan, plan.schedule_review(day(21), Party::Account(BEN)).unwrap());
    assert_eq!(two.review(3, BEN, at(9), because("fine")), Err(PlanError::NoSuchPart));
    let held = after(&two, two.review(2, BEN, at(9), because("fine")).unwrap());
    assert_eq!(held.review(2, BEN, at(9), because("fine")), Err(PlanError::PartIsOver));
    assert_eq!(planned(&held).reviews[1].held.as_ref().map(|one| one.by), Some(BEN));
}

#[test]
fn a_plan_is_described_otherwise_while_it_is_not_over() {
    let plan = active();
    assert_eq!(plan.revise(content()), Ok(vec![]));
    let longer = PlanContent { ends_at: Some(at(100)), ..content() };
    assert_eq!(planned(&after(&plan, plan.revise(longer.clone()).unwrap())).content, longer);
    let over = after(&plan, plan.revoke(ANN, at(2), because("moved away")).unwrap());
    assert_eq!(over.revise(longer), Err(PlanError::Over));
}

/// Events that were stored before there were plans of this house are read as they were.
#[test]
fn a_plan_of_another_system_is_its_sources_alone() {
    let stored = r#"{"type":"Recorded","content":{"categories":[],"title":"Rehabilitation","status":"active",
        "intent":"plan","started_at":null,"ended_at":null,"encounter":null}}"#;
    let event = DomainEvent::decode(StreamType::Plan, stored.as_bytes()).unwrap();
    let kept: EntryEvent<CarePlan> = event.clone().try_into().unwrap();
    assert_eq!(DomainEvent::from(kept), event);
    let plan = Plan::fold(&[event.try_into().unwrap()]);
    assert!(matches!(plan.as_kept_elsewhere(), Some(Entry::Recorded(_))));
    assert_eq!(plan.activate(ANN, at(1)), Err(PlanError::Elsewhere));
    assert_eq!(plan.enter_in_error(because("no")), Err(PlanError::Elsewhere));
    assert_eq!(active().as_kept_elsewhere(), None);
}

fn decided(plan: &Plan, command: u8, number: u16, time: i64) -> Result<Vec<PlanEvent>, PlanError> {
    let (by, at, why) = (if number.is_multiple_of(2) { ANN } else { BEN }, at(time), because("why"));
    match command {
        0 => plan.draft(begun(), by, at),
        1 => plan.activate(by, at),
        2 => plan.hold(by, at, why),
        3 => plan.resume(by, at),
        4 => plan.complete(by, at),
        5 => plan.revoke(by, at, why),
        6 => plan.enter_in_error(why),
        7 => plan.add_goal(goal(), number.is_multiple_of(2), by, at),
        8 => plan.change_goal(number, GoalChange::Accept, by, at),
        9 => plan.change_goal(number, GoalChange::Meet(None), by, at),
        10 => plan.change_goal(number, GoalChange::Miss(why), by, at),
        11 => plan.change_goal(number, GoalChange::Cancel(why), by, at),
        12 => plan.add_activity(activity(), at),
        13 => plan.assign(number, Some(Party::Account(by)), Some(at), at),
        14 => plan.complete_activity(number, by, at, None),
        15 => plan.skip_activity(number, by, at, why),
        16 => plan.schedule_review(day(u32::from(number) + 1), Party::Account(by)),
        17 => plan.review(number, by, at, why),
        _ => plan.revise(PlanContent { ends_at: Some(at + chrono::Duration::days(1)), ..content() }),
    }
}

proptest! {
    /// Whatever is asked for: what was decided folds to the state it led to, what is over stays over, and what was done,
    /// skipped, met or missed stays as it was.
    #[test]
    fn no_sequence_of_commands_reaches_an_undefined_state(
        commands in proptest::collection::vec((0u8..19, 0u16..5, 0i64..99), 0..80)
    ) {
        let (mut plan, mut log) = (Plan::default(), vec![]);
        for (command, number, time) in commands {
            let Ok(events) = decided(&plan, command, number, time) else { continue };
            let before = plan.clone();
            plan = after(&plan, events.clone());
            log.extend(events);
            prop_assert_eq!(&Plan::fold(&log), &plan);
            for event in log.iter().cloned().map(DomainEvent::from) {
                let stored = event.encode().unwrap();
                prop_assert_eq!(DomainEvent::decode(StreamType::Plan, &stored).unwrap(), event);
            }
            let (Plan::Planned(was), Plan::Planned(is)) = (&before, &plan) else { continue };
            prop_assert!(!matches!(was.status, PlanStatus::Completed | PlanStatus::Revoked));
            for (one, now) in was.activities.iter().zip(&is.activities) {
                prop_assert!(one.is_open() || one == now);
            }
            for (one, now) in was.goals.iter().zip(&is.goals) {
                let ended = matches!(one.status, GoalStatus::Met | GoalStatus::NotMet | GoalStatus::Cancelled);
                prop_assert!(!ended || one == now);
            }
            for (n, one) in is.activities.iter().enumerate() {
                prop_assert_eq!(usize::from(one.number), n + 1);
            }
        }
    }
}
