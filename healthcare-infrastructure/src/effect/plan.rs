//! Who is to do something in a plan is told, once the plan is followed.

use healthcare_application::store::Change;
use healthcare_domain::{
    DomainEvent,
    party::Party,
    plan::{Plan, PlanEvent, PlanStatus, Planned},
};
use serde_json::json;
use tokio_postgres::types::Json;

use super::{note::audience, version_of};
use crate::projection::Statement;

/// Tells of tasks. What is to be done stands in the plan, and is not told here.
pub fn effects(change: &Change, state: &Plan) -> Vec<Statement> {
    let (Plan::Planned(planned), Some(patient)) = (state, change.patient) else { return vec![] };
    if planned.status != PlanStatus::Active {
        return vec![];
    }
    let mut all = vec![];
    for (n, new) in change.events.iter().enumerate() {
        let DomainEvent::Plan(event) = &new.event else { continue };
        let asked = asked(event, planned);
        let numbers: Vec<u16> = asked.iter().map(|(number, _)| *number).collect();
        if numbers.is_empty() {
            continue;
        }
        let (roles, accounts) = audience(asked.iter().map(|(_, party)| *party));
        let words = match numbers.len() {
            1 => "A task of a plan of treatment was given to you.".to_owned(),
            several => format!("{several} tasks of a plan of treatment were given to you and others."),
        };
        let tell =
            "select live.tell_people('plan.activity.assigned', 'normal', 'Task', $1, $2, 'plan', $3, $4, 'open', $5,
            $6, $7::text[], $8::uuid[])";
        all.push(
            Statement::new(tell)
                .bind(words)
                .bind(patient.0)
                .bind(change.id)
                .bind(version_of(change, n))
                .bind(format!("/api/v1/plans/{}", change.id))
                .bind(Json(json!({ "activities": numbers })))
                .bind(roles)
                .bind(accounts),
        );
    }
    all
}

/// Whom an event gives something to do.
fn asked<'a>(event: &PlanEvent, planned: &'a Planned) -> Vec<(u16, &'a Party)> {
    let only = match event {
        PlanEvent::PlanActivated { .. } | PlanEvent::PlanResumed { .. } => None,
        PlanEvent::ActivityAdded { activity } => Some(activity.number),
        PlanEvent::ActivityAssigned { activity, .. } => Some(*activity),
        _ => return vec![],
    };
    let open = planned.activities.iter().filter(|activity| activity.is_open());
    open.filter(|activity| only.is_none_or(|only| only == activity.number))
        .filter_map(|activity| Some((activity.number, activity.content.assigned_to.as_ref()?)))
        .collect()
}
