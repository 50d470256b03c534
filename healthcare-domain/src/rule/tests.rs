//! Given what happened, when something is decided, then this comes of it.

use std::collections::BTreeSet;

use chrono::{DateTime, Duration, Utc};
use serde_json::{Value, json};
use uuid::Uuid;

use super::*;
use crate::{
    id::{AccountId, WardId},
    text::Remark,
};

pub(super) fn at(minutes: i64) -> DateTime<Utc> {
    "2026-11-20T08:00:00Z".parse::<DateTime<Utc>>().unwrap() + Duration::minutes(minutes)
}

pub(super) fn account(n: u8) -> AccountId {
    AccountId(Uuid::from_u128(u128::from(n)))
}

pub(super) fn ward(n: u8) -> WardId {
    WardId(Uuid::from_u128(1000 + u128::from(n)))
}

pub(super) fn wards(all: &[u8]) -> RuleScope {
    RuleScope::Wards(all.iter().map(|n| ward(*n)).collect::<BTreeSet<_>>())
}

pub(super) fn signed(n: u8, minutes: i64) -> Signed {
    Signed { by: account(n), at: at(minutes), reason: Some(Remark::try_from("why".to_owned()).unwrap()) }
}

pub(super) fn document(version: u32) -> Value {
    json!({ "id": "high-potassium", "version": version })
}

pub(super) fn draft(version: u32) -> Draft {
    Draft { name: "high-potassium".into(), version, document: document(version) }
}

pub(super) fn report(passed: bool) -> TestReport {
    let case = |name: &str, passed| CaseResult { name: name.into(), passed, came: None };
    TestReport { cases: vec![case("fires", true), case("does not", passed)], fired: 1, not_fired: 1 }
}

pub(super) fn after(rule: &Rule, events: &[RuleEvent]) -> Rule {
    let mut rule = rule.clone();
    events.iter().for_each(|event| rule.apply(event));
    rule
}

/// Written by 1.
fn drafted(version: u32) -> Rule {
    after(&Rule::default(), &Rule::default().draft(draft(version), None, signed(1, 0)).unwrap())
}

fn tested(version: u32) -> Rule {
    let rule = drafted(version);
    after(&rule, &rule.test(version, report(true), signed(1, 1)).unwrap())
}

fn shadowed(version: u32) -> Rule {
    let rule = tested(version);
    after(&rule, &rule.shadow(version, RuleScope::House, (None, Proven::Yes), signed(2, 2)).unwrap())
}

fn now(scope: RuleScope) -> Activation {
    Activation { scope, effective_at: None }
}

fn active(version: u32) -> Rule {
    let rule = shadowed(version);
    after(&rule, &rule.activate(version, now(RuleScope::House), (None, Proven::Yes), signed(2, 3)).unwrap())
}

/// The next version, put into force after version 1 was.
fn two_versions(scope: RuleScope) -> Rule {
    let mut rule = active(1);
    rule = after(&rule, &rule.draft(draft(2), None, signed(1, 10)).unwrap());
    rule = after(&rule, &rule.test(2, report(true), signed(1, 11)).unwrap());
    rule = after(&rule, &rule.shadow(2, RuleScope::House, (None, Proven::Yes), signed(2, 12)).unwrap());
    after(&rule, &rule.activate(2, now(scope), (None, Proven::Yes), signed(2, 13)).unwrap())
}

fn standing(rule: &Rule, version: u32, minutes: i64) -> Standing {
    rule.kept().unwrap().standing(version, at(minutes), None).unwrap()
}

fn on(rule: &Rule, of: Option<WardId>, minutes: i64) -> Holder {
    rule.kept().unwrap().placement(at(minutes)).on(of)
}

#[test]
fn given_a_draft_when_revised_then_it_says_something_else_and_the_same_again_is_nothing() {
    let rule = drafted(1);
    assert_eq!(rule.revise(1, draft(1), signed(3, 1)), Ok(vec![]));
    let other = Draft { document: json!({ "id": "high-potassium", "version": 1, "title": "t" }), ..draft(1) };
    let revised = after(&rule, &rule.revise(1, other.clone(), signed(3, 1)).unwrap());
    assert_eq!(revised.version(1).unwrap().document, other.document);
    assert_eq!(revised.version(1).unwrap().authors, [account(1), account(3)].into());
    assert_eq!(rule.revise(1, draft(2), signed(1, 1)), Err(RuleError::AnotherRule));
    assert_eq!(rule.revise(2, draft(2), signed(1, 1)), Err(RuleError::NoSuchVersion));
}

#[test]
fn given_a_version_when_drafted_again_then_only_a_higher_number_is_new() {
    let rule = drafted(3);
    assert_eq!(rule.draft(draft(3), None, signed(1, 1)), Err(RuleError::VersionNotNew(3)));
    assert_eq!(Rule::default().draft(draft(2), Some(2), signed(1, 1)), Err(RuleError::VersionNotNew(2)));
    assert!(rule.draft(draft(4), Some(2), signed(1, 1)).is_ok());
}

#[test]
fn given_a_draft_when_tested_then_results_are_kept_and_only_what_passed_is_fixed() {
    let rule = drafted(1);
    let uncovered = TestReport { not_fired: 0, ..report(true) };
    assert_eq!(rule.test(1, uncovered, signed(1, 1)), Err(RuleError::NotCovered));
    let failed = after(&rule, &rule.test(1, report(false), signed(1, 1)).unwrap());
    assert_eq!(failed.version(1).unwrap().tested, Some(report(false)));
    assert_eq!(standing(&failed, 1, 2), Standing::Draft);
    let passed = tested(1);
    assert_eq!(standing(&passed, 1, 2), Standing::Tested);
    let other = Draft { document: json!({ "id": "high-potassium", "version": 1, "title": "t" }), ..draft(1) };
    assert_eq!(passed.revise(1, other, signed(1, 2)), Err(RuleError::Immutable));
    assert_eq!(passed.test(1, report(true), signed(1, 2)), Err(RuleError::Immutable));
}

#[test]
fn given_a_tested_version_when_its_author_approves_it_then_a_second_person_is_asked_for() {
    let rule = tested(1);
    let shadow = |rule: &Rule, n| rule.shadow(1, RuleScope::House, (None, Proven::Yes), signed(n, 2));
    assert_eq!(shadow(&rule, 1), Err(RuleError::SecondPerson));
    assert!(shadow(&rule, 2).is_ok());
    assert_eq!(shadow(&drafted(1), 2), Err(RuleError::NotTested));
    let activate = |rule: &Rule, n| rule.activate(1, now(RuleScope::House), (None, Proven::Yes), signed(n, 3));
    assert_eq!(activate(&rule, 2), Err(RuleError::NotShadowed));
    assert_eq!(activate(&shadowed(1), 1), Err(RuleError::SecondPerson));
    assert!(activate(&shadowed(1), 3).is_ok());
    assert_eq!(active(1).retire(1, None, signed(1, 9)), Err(RuleError::SecondPerson));
}

#[test]
fn given_knowledge_that_changed_when_approved_then_what_fails_now_is_refused() {
    let refused = tested(1).shadow(1, RuleScope::House, (None, Proven::No), signed(2, 2));
    assert_eq!(refused, Err(RuleError::TestsFail));
    let refused = shadowed(1).activate(1, now(RuleScope::House), (None, Proven::No), signed(2, 2));
    assert_eq!(refused, Err(RuleError::TestsFail));
}

#[test]
fn given_a_version_in_force_when_the_next_is_then_it_is_replaced_and_can_be_rolled_back_to() {
    let rule = two_versions(RuleScope::House);
    assert_eq!((standing(&rule, 1, 20), standing(&rule, 2, 20)), (Standing::Retired, Standing::Active));
    assert_eq!(standing(&rule, 1, 12), Standing::Active, "until then");
    let back = after(&rule, &rule.activate(1, now(RuleScope::House), (None, Proven::Yes), signed(2, 30)).unwrap());
    assert_eq!((standing(&back, 1, 31), standing(&back, 2, 31)), (Standing::Active, Standing::Retired));
    let by_author = rule.activate(1, now(RuleScope::House), (None, Proven::Yes), signed(1, 30));
    assert_eq!(by_author, Err(RuleError::SecondPerson));
}

#[test]
fn given_a_version_in_force_on_one_ward_then_it_is_in_the_shadow_elsewhere_where_the_other_goes_on() {
    let rule = two_versions(wards(&[7]));
    assert_eq!(on(&rule, Some(ward(7)), 20), Holder::Version(2));
    assert_eq!(on(&rule, Some(ward(8)), 20), Holder::Version(1));
    assert_eq!(on(&rule, None, 20), Holder::Version(1));
    let placement = rule.kept().unwrap().placement(at(20));
    assert!(placement.shadows_on(2, Some(ward(8))) && placement.shadows_on(2, None));
    assert!(!placement.shadows_on(2, Some(ward(7))));
    let again = rule.activate(2, now(wards(&[7])), (None, Proven::Yes), signed(2, 21));
    assert_eq!(again, Err(RuleError::AlreadyActive));
    assert_eq!(
        rule.activate(2, now(RuleScope::Wards(BTreeSet::new())), (None, Proven::Yes), signed(2, 21)),
        Err(RuleError::NoWard)
    );
    let out = after(&rule, &rule.retire(2, None, signed(2, 22)).unwrap());
    assert_eq!(on(&out, Some(ward(7)), 23), Holder::Nobody, "nothing takes its place there");
    assert_eq!(on(&out, None, 23), Holder::Version(1));
}

#[test]
fn given_a_moment_to_come_then_a_version_is_in_force_from_then_and_retiring_it_takes_that_back() {
    let rule = shadowed(1);
    let tomorrow = Activation { scope: RuleScope::House, effective_at: Some(at(1440)) };
    let rule = after(&rule, &rule.activate(1, tomorrow, (None, Proven::Yes), signed(2, 5)).unwrap());
    assert_eq!(standing(&rule, 1, 1439), Standing::Shadow);
    assert_eq!(standing(&rule, 1, 1440), Standing::Active);
    assert_eq!(rule.kept().unwrap().moments(at(5)), [at(1440)].into());
    let out = after(&rule, &rule.retire(1, None, signed(2, 6)).unwrap());
    assert_eq!(standing(&out, 1, 1441), Standing::Retired);
    let past = Activation { scope: RuleScope::House, effective_at: Some(at(-60)) };
    assert_eq!(shadowed(1).activate(1, past, (None, Proven::Yes), signed(2, 5)), Err(RuleError::InThePast));
}

#[test]
fn given_what_shipped_when_it_is_retired_then_two_people_have_said_so() {
    let (text, rule) = (document(1), Rule::default());
    let shipped = Some(Shipped { version: 1, document: &text });
    let proposed = rule.retire(1, shipped, signed(1, 0)).unwrap();
    assert!(matches!(
        &proposed[..],
        [
            RuleEvent::ShippedRuleAdopted { version: 1, .. },
            RuleEvent::RuleChangeProposed { change: RuleChange::Retire, .. }
        ]
    ));
    let rule = after(&rule, &proposed);
    assert_eq!(rule.kept().unwrap().standing(1, at(1), Some(1)), Some(Standing::Active), "until a second says so");
    assert_eq!(rule.retire(1, shipped, signed(1, 1)), Err(RuleError::SecondPerson));
    let retired = after(&rule, &rule.retire(1, shipped, signed(2, 2)).unwrap());
    assert_eq!(retired.kept().unwrap().placement(at(3)).house, Holder::Nobody);
    assert_eq!(retired.retire(1, shipped, signed(2, 3)), Err(RuleError::AlreadyRetired));
    // And back, by two again.
    let again = |rule: &Rule, n, minutes| {
        after(rule, &rule.activate(1, now(RuleScope::House), (shipped, Proven::Yes), signed(n, minutes)).unwrap())
    };
    let back = again(&again(&retired, 2, 4), 1, 5);
    assert_eq!(back.kept().unwrap().placement(at(6)).house, Holder::Version(1));
}

#[test]
fn given_what_shipped_when_a_version_of_the_house_replaces_it_then_it_is_kept_to_roll_back_to() {
    let text = document(1);
    let shipped = Some(Shipped { version: 1, document: &text });
    let mut rule = Rule::default();
    rule = after(&rule, &rule.draft(draft(2), Some(1), signed(1, 0)).unwrap());
    assert_eq!(on(&rule, None, 1), Holder::Shipped, "a draft changes nothing");
    rule = after(&rule, &rule.test(2, report(true), signed(1, 1)).unwrap());
    rule = after(&rule, &rule.shadow(2, RuleScope::House, (shipped, Proven::Yes), signed(2, 2)).unwrap());
    rule = after(&rule, &rule.activate(2, now(RuleScope::House), (shipped, Proven::Yes), signed(2, 3)).unwrap());
    assert_eq!(on(&rule, None, 4), Holder::Version(2));
    assert_eq!(rule.version(1).map(|one| one.origin), Ok(Origin::Shipped));
    // A later program ships version 3: what the house decided stands, and the old one can be taken out of nothing.
    let later = document(3);
    let later = Some(Shipped { version: 3, document: &later });
    assert_eq!(rule.retire(1, later, signed(2, 5)), Err(RuleError::AlreadyRetired));
}

#[test]
fn given_a_draft_when_its_author_throws_it_away_then_nobody_else_is_asked_and_it_never_comes_back() {
    let rule = tested(1);
    let gone = after(&rule, &rule.retire(1, None, signed(1, 2)).unwrap());
    assert_eq!(standing(&gone, 1, 3), Standing::Retired);
    let back = gone.activate(1, now(RuleScope::House), (None, Proven::Yes), signed(2, 4));
    assert_eq!(back, Err(RuleError::NotTested));
}

#[test]
fn given_a_draft_with_the_number_of_what_ships_later_when_it_is_thrown_away_then_what_ships_stays_in_force() {
    let rule = drafted(2);
    let text = document(2);
    let shipped = Some(Shipped { version: 2, document: &text });
    let gone = after(&rule, &rule.retire(2, shipped, signed(1, 1)).unwrap());
    assert_eq!(on(&gone, None, 2), Holder::Shipped, "nobody takes a shipped rule out alone");
}
