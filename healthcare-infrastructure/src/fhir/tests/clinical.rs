use healthcare_domain::{
    AnyState,
    allergy::{Allergy, AllergyRecord, ReactionSeverity, Statement},
    entry::{Entry, ReportService},
    medication::{MedicationOrder, OrderEnd},
    plan::Plan,
    problem::ProblemRecord,
};

use super::{Taken, VISIT, after, at, changed, fresh, resource, said, take};

#[test]
fn a_problem_is_known_when_it_was_recorded() {
    let (events, state) = fresh(&said("c-active"));
    assert_eq!(events[0].times.occurred_at, at("2001-01-01T00:00:00Z"));
    assert_eq!(events[0].times.known_at, at("2010-06-01T09:00:00Z"));
    assert!(!events[0].times.assumed);
    assert!(matches!(state, AnyState::Problem(ProblemRecord::Active(..))));
}

#[test]
fn a_resolved_problem_was_active_before() {
    let (events, state) = fresh(&said("c-over"));
    let times: Vec<_> = events.iter().map(|e| (e.event.kind(), e.times.known_at)).collect();
    let expected =
        [("patient.problem.added", "2024-02-20T00:00:00Z"), ("patient.problem.resolved", "2024-03-01T00:00:00Z")];
    assert_eq!(times, expected.map(|(kind, time)| (kind, at(time))));
    let AnyState::Problem(ProblemRecord::Resolved(problem, ..)) = state else { panic!("not resolved") };
    assert_eq!(problem.encounter, Some(VISIT));
}

#[test]
fn refuted_and_mistaken_problems_count_nowhere() {
    for id in ["c-refuted", "c-error"] {
        let (_, state) = fresh(&said(id));
        assert!(matches!(state, AnyState::Problem(ProblemRecord::EnteredInError(_))), "{id}");
    }
}

#[test]
fn a_problem_resolved_here_does_not_come_back_by_itself() {
    let (_, over) = fresh(&said("c-over"));
    let active = changed("c-over", |c| {
        c["clinicalStatus"]["coding"][0]["code"] = "active".into();
        c.as_object_mut().unwrap().remove("abatementDateTime");
    });
    let refused = active.decide(&over, &super::Import { now: super::now(), changed: None }).unwrap_err();
    assert_eq!(refused.reason, "the problem is no longer active");
}

#[test]
fn no_known_allergy_is_a_statement_and_not_an_allergy() {
    let AnyState::Allergy(AllergyRecord::Active(none)) = fresh(&said("a-nkda")).1 else { panic!("not active") };
    assert_eq!((none.statement, none.categories), (Statement::NoneKnown, vec!["medication".to_owned()]));

    let AnyState::Allergy(AllergyRecord::Active(peanut)) = fresh(&said("a-peanut")).1 else { panic!("not active") };
    assert_eq!(peanut.statement, Statement::Allergic);
    assert_eq!(peanut.reactions[0].severity, Some(ReactionSeverity::Severe));
}

#[test]
fn refuted_and_mistaken_allergies_are_not_active() {
    assert!(matches!(fresh(&said("a-refuted")).1, AnyState::Allergy(AllergyRecord::Removed(_))));
    assert!(matches!(fresh(&said("a-error")).1, AnyState::Allergy(AllergyRecord::EnteredInError(_))));
}

/// Older releases did not keep whether an allergy was resolved: its source says nothing new with it.
#[test]
fn an_allergy_that_was_resolved_before_that_was_kept_is_the_one_it_was() {
    let resolved = changed("a-peanut", |allergy| {
        allergy["clinicalStatus"] = serde_json::json!({ "coding": [{ "code": "resolved" }] });
    });
    let AnyState::Allergy(AllergyRecord::Removed(held)) = fresh(&resolved).1 else { panic!("not removed") };
    assert!(held.resolved);
    let import = super::Import { now: super::now(), changed: None };
    let old = AnyState::Allergy(AllergyRecord::Removed(Allergy { resolved: false, ..held.clone() }));
    assert_eq!(resolved.decide(&old, &import).unwrap().len(), 0);
    let other = Allergy { reactions: vec![], resolved: false, ..held };
    let refused = resolved.decide(&AnyState::Allergy(AllergyRecord::Removed(other)), &import).unwrap_err();
    assert_eq!(refused.reason, "the allergy is no longer active");
}

#[test]
fn an_order_names_its_drug_wherever_it_stands() {
    let drug = |id: &str| match fresh(&said(id)).1 {
        AnyState::MedicationOrder(
            MedicationOrder::Active { prescription, .. } | MedicationOrder::Ended { prescription, .. },
        ) => prescription.medication.label().to_owned(),
        other => panic!("{other:?}"),
    };
    assert_eq!(drug("m-contained"), "amlodipine 5 MG Oral Tablet");
    assert_eq!(drug("m-referenced"), "Amoxicillin");
    assert_eq!(drug("m-stopped"), "Warfarin Sodium 5 MG Oral Tablet");
}

#[test]
fn orders_end_as_their_source_says() {
    let end = |id: &str| match fresh(&said(id)).1 {
        AnyState::MedicationOrder(MedicationOrder::Ended { how, at, .. }) => (how, at),
        other => panic!("{other:?}"),
    };
    assert_eq!(end("m-referenced"), (OrderEnd::Completed, Some(at("2024-03-08T23:59:59Z"))));
    assert_eq!(end("m-stopped"), (OrderEnd::Stopped, None));
    assert_eq!(end("m-cancelled"), (OrderEnd::Cancelled, None));
    let (_, state) = fresh(&said("m-error"));
    assert!(matches!(state, AnyState::MedicationOrder(MedicationOrder::EnteredInError { .. })));
}

#[test]
fn an_order_keeps_dose_route_and_rhythm() {
    let AnyState::MedicationOrder(MedicationOrder::Active { prescription, .. }) = fresh(&said("m-contained")).1 else {
        panic!("not active")
    };
    assert_eq!(prescription.dose.unwrap().value.to_string(), "5");
    assert_eq!(prescription.frequency.as_deref(), Some("1 time(s) every 1 d"));
    assert_eq!(prescription.route.unwrap().label(), "Oral route");
    assert!(prescription.prescriber.unwrap().id.is_some());
}

#[test]
fn drafts_plans_and_cancellations_are_kept_and_not_taken_for_care() {
    for id in ["m-draft", "e3", "o-timeless", "k1", "l1", "amox"] {
        let (resource_type, raw) = resource(id);
        assert!(matches!(take(&resource_type, &raw), Ok(Taken::Whole(_))), "{id}");
    }
}

#[test]
fn a_plan_that_is_over_was_active_until_its_end() {
    let (events, state) = fresh(&said("cp1"));
    let known: Vec<_> = events.iter().map(|e| (e.event.kind(), e.times.known_at)).collect();
    let expected = [("plan.activated", "2024-03-05T00:00:00Z"), ("plan.amended", "2024-04-05T23:59:59Z")];
    assert_eq!(known, expected.map(|(kind, time)| (kind, at(time))));
    let AnyState::Plan(Plan::Elsewhere(plan)) = state else { panic!("not recorded") };
    assert_eq!((plan.status.as_str(), plan.activities.len(), plan.addresses.len()), ("completed", 1, 1));
}

#[test]
fn procedures_vaccines_and_reports_have_their_own_times() {
    let (events, _) = fresh(&said("p1"));
    assert_eq!(events[0].times.occurred_at, at("2024-03-02T08:00:00Z"));
    assert_eq!(events[0].times.known_at, at("2024-03-02T09:30:00Z"));

    let (events, _) = fresh(&said("i1"));
    assert_eq!((events[0].times.known_at, events[0].times.assumed), (at("2023-10-05T00:00:00Z"), false));

    let (events, state) = fresh(&said("r1"));
    assert_eq!(events[0].event.kind(), "radiology.report.finalized");
    assert_eq!(events[0].times.known_at, at("2024-03-01T15:00:00Z"));
    let AnyState::Report(Entry::Recorded(report)) = state else { panic!("not recorded") };
    assert_eq!(report.service, ReportService::Radiology);

    let amended = changed("r1", |r| r["conclusion"] = "Small effusion.".into());
    let (events, _) = after(&amended, &AnyState::Report(Entry::Recorded(report)));
    assert_eq!(events.iter().map(|e| e.event.kind()).collect::<Vec<_>>(), ["document.amended"]);
}
