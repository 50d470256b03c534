//! A plan as FHIR.

use healthcare_domain::{
    id::PatientId,
    plan::{Activity, CarePlan, Goal, GoalStatus, Plan, Planned, PlannedActivity, Progress},
};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::fhir::{goal::target_to_fhir, write};

/// Writes a plan as FHIR: the CarePlan, then its goals. One that its source keeps says the same when it is read again.
/// Empty where there is none.
pub fn to_fhir(id: Uuid, patient: PatientId, plan: &Plan) -> Vec<Value> {
    match plan {
        Plan::Unwritten => vec![],
        Plan::Elsewhere(kept) => vec![kept_elsewhere(id, patient, kept)],
        Plan::StruckElsewhere(kept) => {
            let mut written = kept_elsewhere(id, patient, kept);
            written["status"] = json!("entered-in-error");
            vec![written]
        }
        Plan::Planned(planned) => ours(id, patient, planned, planned.status.as_str()),
        Plan::EnteredInError(planned) => ours(id, patient, planned, "entered-in-error"),
    }
}

fn kept_elsewhere(id: Uuid, patient: PatientId, plan: &CarePlan) -> Value {
    let CarePlan {
        identifiers,
        categories,
        title,
        status,
        intent,
        started_at,
        ended_at,
        encounter,
        addresses,
        goals,
        activities,
    } = plan;
    let activity = |of: &PlannedActivity| json!({ "detail": write::object([("code", write::concept(&of.code)), ("status", json!(of.status))]) });
    let encounter = encounter.map(|encounter| json!({ "reference": format!("Encounter/{encounter}") }));
    write::resource(
        "CarePlan",
        id,
        [
            ("identifier", write::identifiers(identifiers)),
            ("status", json!(status)),
            ("intent", json!(intent)),
            ("category", write::concepts(categories)),
            ("title", json!(title)),
            ("subject", write::patient(patient)),
            ("encounter", encounter.unwrap_or_default()),
            ("period", write::object([("start", json!(started_at)), ("end", json!(ended_at))])),
            ("addresses", write::references(addresses, "Condition")),
            ("goal", write::references(goals, "Goal")),
            ("activity", write::list(activities.iter().map(activity))),
        ],
    )
}

/// The identity of a plan's goal, for who writes it as a resource of its own.
pub fn goal_id(plan: Uuid, number: u16) -> Uuid {
    Uuid::new_v5(&plan, format!("goal/{number}").as_bytes())
}

fn ours(id: Uuid, patient: PatientId, planned: &Planned, status: &str) -> Vec<Value> {
    let Planned { content, goals, activities, author, drafted_at, .. } = planned;
    let aimed = goals.iter().map(|goal| json!({ "reference": format!("Goal/{}", goal_id(id, goal.number)) }));
    let encounter = content.encounter.map(|encounter| json!({ "reference": format!("Encounter/{encounter}") }));
    let period = write::object([("start", json!(content.starts_at)), ("end", json!(content.ends_at))]);
    let plan = write::resource(
        "CarePlan",
        id,
        [
            ("status", json!(status)),
            ("intent", json!("plan")),
            ("category", write::concepts(&content.categories)),
            ("title", json!(content.title)),
            ("description", json!(content.description)),
            ("subject", write::patient(patient)),
            ("encounter", encounter.unwrap_or_default()),
            ("period", period),
            ("created", json!(drafted_at)),
            ("author", json!({ "reference": format!("Practitioner/{author}") })),
            ("addresses", write::references(&content.addresses, "Condition")),
            ("goal", write::list(aimed)),
            ("activity", write::list(activities.iter().map(to_activity))),
        ],
    );
    std::iter::once(plan).chain(goals.iter().map(|goal| to_goal(id, patient, goal))).collect()
}

fn to_activity(of: &Activity) -> Value {
    let (status, why) = match &of.progress {
        Progress::Scheduled if of.content.scheduled_at.is_some() => ("scheduled", None),
        Progress::Scheduled => ("not-started", None),
        Progress::Completed { .. } => ("completed", None),
        Progress::Skipped { reason, .. } => ("cancelled", Some(json!({ "text": reason }))),
    };
    let detail = write::object([
        ("code", write::concept(&of.content.what)),
        ("status", json!(status)),
        ("statusReason", why.unwrap_or_default()),
        ("scheduledPeriod", write::object([("start", json!(of.content.scheduled_at))])),
        ("description", json!(of.content.instructions)),
    ]);
    json!({ "detail": detail })
}

fn to_goal(plan: Uuid, patient: PatientId, goal: &Goal) -> Value {
    let achievement = |code: &str| json!({ "coding": [{ "system": "http://terminology.hl7.org/CodeSystem/goal-achievement", "code": code }] });
    let (status, achieved) = match goal.status {
        GoalStatus::Proposed => ("proposed", Value::Null),
        GoalStatus::Active => ("active", Value::Null),
        GoalStatus::Met => ("completed", achievement("achieved")),
        GoalStatus::NotMet => ("completed", achievement("not-achieved")),
        GoalStatus::Cancelled => ("cancelled", Value::Null),
    };
    let content = &goal.content;
    let target = target_to_fhir(content.measure.as_ref(), content.target.as_ref(), content.due);
    write::resource(
        "Goal",
        goal_id(plan, goal.number),
        [
            ("lifecycleStatus", json!(status)),
            ("achievementStatus", achieved),
            ("description", write::concept(&content.description)),
            ("subject", write::patient(patient)),
            (
                "target",
                write::list(std::iter::once(target).filter(|target| target.as_object().is_some_and(|t| !t.is_empty()))),
            ),
            ("statusDate", json!(goal.since.date_naive())),
            ("statusReason", json!(goal.reason)),
            ("addresses", write::references(&content.addresses, "Condition")),
        ],
    )
}
