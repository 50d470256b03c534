//! Proposals of the rules as suggestions of CDS Hooks: what a client can do in its own record is an action, the rest is said
//! in words.

use healthcare_domain::code::Coding;
use healthcare_dss::{EventRef, Proposal, Severity};
use serde_json::{Value, json};

use super::{Action, Ask, Noticed, Suggestion};
use crate::clock::Clock;

/// What comes of the proposals of a finding.
pub struct Suggested {
    /// What a client can do.
    pub actions: Vec<Suggestion>,
    /// What a person can.
    pub in_words: Vec<String>,
}

/// The suggestions of a finding.
pub fn of(noticed: &Noticed, ask: &Ask, clock: &dyn Clock) -> Suggested {
    let mut suggested = Suggested { actions: vec![], in_words: vec![] };
    let critical = noticed.finding.severity == Severity::Critical;
    for proposal in &noticed.finding.suggestions {
        let label = proposal.words();
        let action = match proposal {
            Proposal::CancelDraft { draft, medication } => delete(ask, *draft, medication),
            Proposal::StopMedication { order, medication } => stop(ask, *order, medication),
            Proposal::OrderLaboratory { .. }
            | Proposal::RecordPregnancyStatus
            | Proposal::RecordVitalSigns { .. }
            | Proposal::RequestAssessment { .. } => {
                let code = proposal.code();
                let code = code.map_or_else(|| json!({ "text": label }), |code| json!({ "coding": [coded(&code)] }));
                Some(request(ask, label.clone(), code))
            }
            Proposal::RecordAllergyStatus | Proposal::Review { .. } => None,
        };
        let Some(action) = action else {
            if !suggested.in_words.contains(&label) {
                suggested.in_words.push(label);
            }
            continue;
        };
        let recommended = critical
            && matches!(proposal, Proposal::CancelDraft { .. })
            && suggested.actions.iter().all(|other| !other.is_recommended);
        let (uuid, actions) = (clock.new_id(), vec![action]);
        suggested.actions.push(Suggestion {
            label: label.trim().to_owned(),
            uuid,
            is_recommended: recommended,
            actions,
        });
    }
    suggested
}

/// Takes a draft away; nothing where the client did not say what it is called.
fn delete(ask: &Ask, draft: EventRef, medication: &str) -> Option<Action> {
    let resource_id = ask.origins.get(&draft.stream)?.reference.clone()?;
    Some(Action::Delete { description: format!("Remove the draft of {medication}"), resource_id })
}

/// Stops an order that the client sent; what stands in our own record is not the client's to change.
fn stop(ask: &Ask, order: EventRef, medication: &str) -> Option<Action> {
    let origin = ask.origins.get(&order.stream)?;
    origin.reference.as_ref()?;
    if ask.drafts.iter().any(|draft| draft.fact.source == order) {
        return delete(ask, order, medication);
    }
    let mut resource = origin.resource.clone().filter(|resource| resource["resourceType"] == "MedicationRequest")?;
    resource["status"] = json!("stopped");
    Some(Action::Update { description: format!("Stop {medication}"), resource })
}

fn request(ask: &Ask, description: String, code: Value) -> Action {
    let resource = json!({
        "resourceType": "ServiceRequest",
        "status": "draft",
        "intent": "proposal",
        "code": code,
        "subject": { "reference": format!("Patient/{}", ask.patient) },
    });
    Action::Create { description, resource }
}

fn coded(code: &Coding) -> Value {
    let mut coding = json!({ "system": code.system, "code": code.code });
    if let Some(display) = &code.display {
        coding["display"] = json!(display);
    }
    coding
}
