//! FHIR CarePlan, and the Goals of a plan of this house.

use healthcare_domain::{
    plan::{Activity, CarePlan, Goal, GoalStatus, Plan, Planned, PlannedActivity, Progress},
    reference::Reference,
};
use uuid::Uuid;

use super::{
    Of,
    element::{Element, coded, concept, concepts, identifiers, moment, period, reference, references, refers},
    goal::target,
};

/// HL7 goal-achievement.
const ACHIEVEMENT: &str = "http://terminology.hl7.org/CodeSystem/goal-achievement";

/// A plan of care, and its goals where it is of this house.
pub fn write(state: &Plan, of: &Of) -> Vec<Element> {
    match state {
        Plan::Unwritten => vec![],
        Plan::Elsewhere(plan) => vec![elsewhere(plan, &plan.status, of)],
        Plan::StruckElsewhere(plan) => vec![elsewhere(plan, "entered-in-error", of)],
        Plan::Planned(planned) => ours(planned, planned.status.as_str(), of),
        Plan::EnteredInError(planned) => ours(planned, "entered-in-error", of),
    }
}

fn elsewhere(plan: &CarePlan, status: &str, of: &Of) -> Element {
    of.resource("CarePlan")
        .with("identifier", identifiers(&plan.identifiers))
        .with("status", status)
        .with("intent", &plan.intent)
        .with("category", concepts(&plan.categories))
        .with("title", &plan.title)
        .with("subject", of.subject())
        .with("encounter", plan.encounter.map(refers))
        .with("period", period(plan.started_at, plan.ended_at))
        .with("created", of.known_at.map(moment))
        .with("addresses", references(&plan.addresses))
        .with("goal", references(&plan.goals))
        .with("activity", plan.activities.iter().map(planned_activity).collect::<Vec<_>>())
}

fn planned_activity(of: &PlannedActivity) -> Element {
    let detail = Element::new().with("code", concept(&of.code)).with("status", &of.status);
    Element::new().with("detail", detail.with("doNotPerform", of.prohibited.then_some(true)))
}

/// The identity of a plan's goal, as a resource of its own.
pub fn goal_id(plan: Uuid, number: u16) -> Uuid {
    Uuid::new_v5(&plan, format!("goal/{number}").as_bytes())
}

fn ours(planned: &Planned, status: &str, of: &Of) -> Vec<Element> {
    let Planned { content, goals, activities, author, drafted_at, suggestion, .. } = planned;
    let aims = goals.iter().map(|goal| refers(goal_id(of.id, goal.number)));
    let plan = of
        .resource("CarePlan")
        .with("status", status)
        .with("intent", "plan")
        .with("category", concepts(&content.categories))
        .with("title", &content.title)
        .with("description", &content.description)
        .with("subject", of.subject())
        .with("encounter", content.encounter.map(refers))
        .with("period", period(Some(content.starts_at), content.ends_at))
        .with("created", moment(*drafted_at))
        .with("author", reference(&Reference { id: Some(author.0), ..Reference::default() }))
        .with("addresses", references(&content.addresses))
        .with("supportingInfo", suggestion.map(|suggestion| [refers(suggestion)]))
        .with("goal", aims.collect::<Vec<_>>())
        .with("activity", activities.iter().map(activity).collect::<Vec<_>>());
    std::iter::once(plan).chain(goals.iter().map(|one| goal(one, of))).collect()
}

fn activity(of: &Activity) -> Element {
    let (status, why) = match &of.progress {
        Progress::Scheduled if of.content.scheduled_at.is_some() => ("scheduled", None),
        Progress::Scheduled => ("not-started", None),
        Progress::Completed { .. } => ("completed", None),
        Progress::Skipped { reason, .. } => ("cancelled", Some(Element::new().with("text", reason))),
    };
    let detail = Element::new()
        .with("code", concept(&of.content.what))
        .with("status", status)
        .with("statusReason", why)
        .with("scheduledPeriod", period(of.content.scheduled_at, None))
        .with("description", &of.content.instructions);
    Element::new().with("detail", detail)
}

fn goal(goal: &Goal, of: &Of) -> Element {
    let (status, achieved) = match goal.status {
        GoalStatus::Proposed => ("proposed", None),
        GoalStatus::Active => ("active", None),
        GoalStatus::Met => ("completed", Some("achieved")),
        GoalStatus::NotMet => ("completed", Some("not-achieved")),
        GoalStatus::Cancelled => ("cancelled", None),
    };
    let content = &goal.content;
    let target = target(content.measure.as_ref(), content.target.as_ref(), content.due);
    Of { id: goal_id(of.id, goal.number), ..*of }
        .resource("Goal")
        .with("lifecycleStatus", status)
        .with("achievementStatus", achieved.map(|code| coded(ACHIEVEMENT, code)))
        .with("description", concept(&content.description))
        .with("subject", of.subject())
        .with("target", (!target.is_empty()).then_some([target]))
        .with("statusDate", goal.since.date_naive())
        .with("statusReason", &goal.reason)
        .with("addresses", references(&content.addresses))
}
