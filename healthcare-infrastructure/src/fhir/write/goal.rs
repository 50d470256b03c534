//! FHIR Goal.

use chrono::NaiveDate;
use healthcare_domain::{
    code::CodeableConcept,
    entry::Entry,
    plan::{CareGoal, CareGoalTarget, Target},
};

use super::{
    Of,
    element::{Element, concept, concepts, identifiers, quantity, references},
};

/// A goal that its source keeps apart from any plan.
pub fn write(state: &Entry<CareGoal>, of: &Of) -> Option<Element> {
    let (goal, status) = match state {
        Entry::Unwritten => return None,
        Entry::Recorded(goal) => (goal, goal.status.as_str()),
        Entry::EnteredInError(goal) => (goal, "entered-in-error"),
    };
    Some(
        of.resource("Goal")
            .with("identifier", identifiers(&goal.identifiers))
            .with("lifecycleStatus", status)
            .with("achievementStatus", goal.achievement.as_ref().map(concept))
            .with("category", concepts(&goal.categories))
            .with("description", concept(&goal.description))
            .with("subject", of.subject())
            .with("startDate", goal.started_on)
            .with("target", goal.targets.iter().map(of_source).collect::<Vec<_>>())
            .with("statusDate", of.known_at.map(|at| at.date_naive()))
            .with("addresses", references(&goal.addresses)),
    )
}

fn of_source(of: &CareGoalTarget) -> Element {
    let written = target(of.measure.as_ref(), of.target.as_ref(), of.due);
    match &of.other {
        Some(other) => written.with_all(other),
        None => written,
    }
}

/// What a measure is to reach, and by when.
pub fn target(measure: Option<&CodeableConcept>, target: Option<&Target>, due: Option<NaiveDate>) -> Element {
    let written = Element::new().with("measure", measure.map(concept));
    let written = match target {
        None => written,
        Some(Target::Value(value)) => written.with("detailQuantity", quantity(value)),
        Some(Target::Range { low, high }) => {
            let range =
                Element::new().with("low", low.as_ref().map(quantity)).with("high", high.as_ref().map(quantity));
            written.with("detailRange", range)
        }
    };
    written.with("dueDate", due)
}
