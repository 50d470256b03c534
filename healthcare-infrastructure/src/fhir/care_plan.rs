//! FHIR CarePlan.

use healthcare_domain::{
    code,
    plan::{CarePlan, Plan, PlannedActivity},
};
use serde::Deserialize;

use super::{
    Reading, Refused,
    datatypes::{CodeableConcept, Identifier, Meta, Period, Reference, concepts, identifiers},
    date_time::FhirDateTime,
    parse::{one_of, resource},
    reference::held,
    said::{Dated, EntrySaid, Import, Moments},
};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Resource {
    #[serde(default)]
    meta: Meta,
    #[serde(default)]
    identifier: Vec<Identifier>,
    status: String,
    intent: String,
    #[serde(default)]
    category: Vec<CodeableConcept>,
    title: Option<String>,
    description: Option<String>,
    encounter: Option<Reference>,
    period: Option<Period>,
    created: Option<FhirDateTime>,
    #[serde(default)]
    addresses: Vec<Reference>,
    #[serde(default)]
    goal: Vec<Reference>,
    #[serde(default)]
    activity: Vec<Activity>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Activity {
    reference: Option<Reference>,
    detail: Option<Detail>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Detail {
    code: CodeableConcept,
    description: Option<String>,
    status: Option<String>,
    do_not_perform: Option<bool>,
}

const STATUSES: [&str; 7] = ["draft", "active", "on-hold", "revoked", "completed", "entered-in-error", "unknown"];

/// Reads a CarePlan. One that is over was active before: its end is a step of its own, known when it ended.
///
/// # Errors
/// With the place and the reason, when it is not what FHIR R4 defines.
pub fn read(raw: &str, reading: &Reading<'_>) -> Result<EntrySaid<CarePlan>, Refused> {
    let r: Resource = resource(raw)?;
    one_of("status", &r.status, &STATUSES)?;
    one_of("intent", &r.intent, &["proposal", "plan", "order", "option"])?;
    let period = r.period.unwrap_or_default();
    let started_at = period.start.map(|t| t.earliest());
    let ended_at = period.end.map(|t| t.latest());
    let times = Moments { clinical: started_at, known: r.created, meta: &r.meta, now: reading.now }.times();
    let plan = CarePlan {
        identifiers: identifiers(&r.identifier),
        categories: concepts(&r.category),
        title: r.title.or(r.description).filter(|t| !t.trim().is_empty()),
        intent: r.intent,
        started_at,
        ended_at,
        encounter: r.encounter.as_ref().and_then(|e| reading.references.encounter(e)),
        addresses: r.addresses.iter().filter_map(|a| held(a, reading.references)).collect(),
        goals: r.goal.iter().filter_map(|g| held(g, reading.references)).collect(),
        activities: r.activity.iter().filter_map(activity).collect(),
        status: r.status,
    };
    let struck = plan.status == "entered-in-error";
    let over = matches!(plan.status.as_str(), "completed" | "revoked").then_some(ended_at).flatten();
    Ok(match over.filter(|end| *end > times.known_at && *end <= reading.now) {
        Some(end) => {
            let before = CarePlan { status: "active".into(), ended_at: None, ..plan.clone() };
            EntrySaid { steps: vec![(before, times), (plan, times.then(Some(end), reading.now))], struck }
        }
        None => EntrySaid::once(plan, times, struck),
    })
}

fn activity(of: &Activity) -> Option<PlannedActivity> {
    let prohibited = of.detail.as_ref().is_some_and(|detail| detail.do_not_perform == Some(true));
    let (code, status) = match (&of.detail, &of.reference) {
        (Some(detail), _) => {
            let coded = Some(detail.code.to_domain()).filter(|c| !c.is_empty());
            let in_words = || detail.description.clone().map(code::CodeableConcept::words);
            (coded.or_else(in_words)?, detail.status.clone())
        }
        (None, Some(reference)) => (code::CodeableConcept::words(reference.display.clone()?), None),
        (None, None) => return None,
    };
    Some(PlannedActivity { code, status: status.unwrap_or_else(|| "unknown".into()), prohibited })
}

/// What a CarePlan says, for a plan that its source keeps.
#[derive(Debug, Clone, PartialEq)]
pub struct PlanSaid(pub EntrySaid<CarePlan>);

impl PlanSaid {
    /// The events that bring `state` to it.
    pub(super) fn decide(&self, state: &Plan, import: &Import) -> Result<Vec<Dated>, Refused> {
        match state.as_kept_elsewhere() {
            Some(entry) => self.0.decide(&entry, import),
            None => Err(Refused::at("", "it is a plan of this house")),
        }
    }
}
