//! FHIR MedicationRequest, and MedicationStatement where nobody ordered it here or there.

use chrono::{DateTime, Utc};
use healthcare_domain::medication::{Instruction, Intake, MedicationOrder, OrderEnd, Override, Prescription};
use healthcare_domain::text::Remark;

use super::{
    Of,
    element::{Element, concept, concepts, identifiers, moment, period, quantity, reference, refers},
};

/// An order, with the warnings that were set aside at signing as contained DetectedIssues.
pub fn write(state: &MedicationOrder, of: &Of) -> Option<Element> {
    let (prescription, status, ended, reason, overrides) = match state {
        MedicationOrder::Unordered => return None,
        MedicationOrder::Active { prescription, overrides } => {
            let status = match prescription.taking {
                Intake::AsOrdered => "active",
                Intake::OnHold => "on-hold",
                Intake::Unknown => "unknown",
            };
            (prescription, status, None, None, overrides.as_slice())
        }
        MedicationOrder::Ended { prescription, how, at, reason } => {
            let status = match how {
                OrderEnd::Stopped => "stopped",
                OrderEnd::Completed => "completed",
                OrderEnd::Cancelled => "cancelled",
            };
            (prescription, status, *at, reason.as_ref(), [].as_slice())
        }
        MedicationOrder::EnteredInError { prescription } => {
            (prescription, "entered-in-error", None, None, [].as_slice())
        }
    };
    if prescription.reported {
        return Some(statement(prescription, status, ended, reason, of));
    }
    let named = |n: usize| format!("issue-{}", n + 1);
    let issues: Vec<_> = overrides.iter().enumerate().map(|(n, set_aside)| issue(&named(n), set_aside)).collect();
    let detected = (0..overrides.len()).map(|n| Element::new().with("reference", format!("#{}", named(n))));
    Some(
        of.resource("MedicationRequest")
            .with("contained", issues)
            .with("identifier", identifiers(&prescription.identifiers))
            .with("status", status)
            .with("statusReason", reason.map(|words| Element::new().with("text", words)))
            .with("intent", "order")
            .with("medicationCodeableConcept", concept(&prescription.medication))
            .with("subject", of.subject())
            .with("encounter", prescription.encounter.map(refers))
            .with("authoredOn", moment(prescription.authored_at))
            .with("requester", prescription.prescriber.as_ref().map(reference))
            .with("reasonCode", concepts(&prescription.reasons))
            .with("dosageInstruction", dosage(prescription, ended))
            .with("detectedIssue", detected.collect::<Vec<_>>()),
    )
}

fn dosage(of: &Prescription, ended: Option<DateTime<Utc>>) -> Vec<Element> {
    let first = Instruction {
        then: false,
        dose: of.dose.clone(),
        route: of.route.clone(),
        frequency: of.frequency.clone(),
        as_needed: of.as_needed,
    };
    let all: Vec<&Instruction> = std::iter::once(&first).chain(&of.further).collect();
    // Instructions without a number hold beside each other.
    let numbered = all.iter().any(|one| one.then);
    let mut step = 1;
    let write = |one: &Instruction| {
        step += u32::from(one.then);
        instruction(one, ended).with("sequence", numbered.then_some(step))
    };
    all.into_iter().map(write).filter(|one| !one.is_empty()).collect()
}

fn instruction(of: &Instruction, ended: Option<DateTime<Utc>>) -> Element {
    let rate = of.dose.as_ref().map(|dose| [Element::new().with("doseQuantity", quantity(dose))]);
    let bounds = ended.map(|at| Element::new().with("boundsPeriod", period(None, Some(at))));
    Element::new()
        .with("text", &of.frequency)
        .with("timing", bounds.map(|bounds| Element::new().with("repeat", bounds)))
        .with("asNeededBoolean", of.as_needed.then_some(true))
        .with("route", of.route.as_ref().map(concept))
        .with("doseAndRate", rate)
}

/// A drug that somebody says is taken.
fn statement(
    prescription: &Prescription,
    status: &str,
    ended: Option<DateTime<Utc>>,
    reason: Option<&Remark>,
    of: &Of,
) -> Element {
    // FHIR's statements are not cancelled.
    let status = if status == "cancelled" { "stopped" } else { status };
    of.resource("MedicationStatement")
        .with("identifier", identifiers(&prescription.identifiers))
        .with("status", status)
        .with("statusReason", reason.map(|words| [Element::new().with("text", words)]))
        .with("medicationCodeableConcept", concept(&prescription.medication))
        .with("subject", of.subject())
        .with("context", prescription.encounter.map(refers))
        .with("effectivePeriod", period(Some(prescription.authored_at), ended))
        .with("dateAsserted", of.known_at.map(moment))
        .with("informationSource", prescription.prescriber.as_ref().map(reference))
        .with("reasonCode", concepts(&prescription.reasons))
        .with("dosage", dosage(prescription, None))
}

/// A warning that the prescriber set aside, and why.
fn issue(id: &str, set_aside: &Override) -> Element {
    let why = Element::new().with("text", &set_aside.reason);
    Element::new()
        .with("resourceType", "DetectedIssue")
        .with("id", id)
        .with("status", "final")
        .with("detail", &set_aside.finding)
        .with("mitigation", [Element::new().with("action", why)])
}
