//! FHIR CarePlan.

use healthcare_domain::{
    entry::Entry,
    plan::{CarePlanRecord, PlannedActivity},
};

use super::{
    Of,
    element::{Element, concept, concepts, identifiers, period, references, refers},
};

/// A plan of care.
pub fn write(state: &CarePlanRecord, of: &Of) -> Option<Element> {
    let (plan, status) = match state {
        Entry::Unwritten => return None,
        Entry::Recorded(plan) => (plan, plan.status.as_str()),
        Entry::EnteredInError(plan) => (plan, "entered-in-error"),
    };
    Some(
        of.resource("CarePlan")
            .with("identifier", identifiers(&plan.identifiers))
            .with("status", status)
            .with("intent", &plan.intent)
            .with("category", concepts(&plan.categories))
            .with("title", &plan.title)
            .with("subject", of.subject())
            .with("encounter", plan.encounter.map(refers))
            .with("period", period(plan.started_at, plan.ended_at))
            .with("addresses", references(&plan.addresses))
            .with("goal", references(&plan.goals))
            .with("activity", plan.activities.iter().map(activity).collect::<Vec<_>>()),
    )
}

fn activity(of: &PlannedActivity) -> Element {
    Element::new().with("detail", Element::new().with("code", concept(&of.code)).with("status", &of.status))
}
