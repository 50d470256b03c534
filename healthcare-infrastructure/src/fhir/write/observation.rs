//! FHIR Observation.

use healthcare_domain::observation::{Component, ObservationCategory, ObservationRecord, ObservationValue};

use super::{
    Of,
    element::{Element, coded, concept, concepts, identifiers, moment, quantity, refers},
};

/// HL7's categories of observations.
pub const CATEGORY: &str = "http://terminology.hl7.org/CodeSystem/observation-category";

/// A result or another observation.
pub fn write(state: &ObservationRecord, of: &Of) -> Option<Element> {
    let (observation, status) = match state {
        ObservationRecord::Unrecorded => return None,
        ObservationRecord::Recorded { observation, .. } => (observation, observation.status.as_str()),
        ObservationRecord::EnteredInError(observation) => (observation, "entered-in-error"),
    };
    let category = match observation.category {
        ObservationCategory::VitalSigns => Some("vital-signs"),
        ObservationCategory::Laboratory => Some("laboratory"),
        ObservationCategory::SocialHistory => Some("social-history"),
        ObservationCategory::Other => None,
    };
    let range = observation.reference_range.as_ref().map(|text| [Element::new().with("text", text)]);
    let resource = of
        .resource("Observation")
        .with("identifier", identifiers(&observation.identifiers))
        .with("status", status)
        .with("category", category.map(|code| [coded(CATEGORY, code)]))
        .with("code", concept(&observation.code))
        .with("subject", of.subject())
        .with("encounter", observation.encounter.map(refers))
        .with("effectiveDateTime", moment(observation.effective_at))
        .with("issued", observation.issued_at.map(moment));
    Some(
        value(resource, observation.value.as_ref())
            .with("dataAbsentReason", observation.data_absent_reason.as_ref().map(concept))
            .with("interpretation", concepts(&observation.interpretation))
            .with("referenceRange", range)
            .with("component", observation.components.iter().map(component).collect::<Vec<_>>()),
    )
}

/// `value[x]`, under the name of its type.
fn value(into: Element, value: Option<&ObservationValue>) -> Element {
    match value {
        None => into,
        Some(ObservationValue::Quantity(amount)) => into.with("valueQuantity", quantity(amount)),
        Some(ObservationValue::Concept(of)) => into.with("valueCodeableConcept", concept(of)),
        Some(ObservationValue::Text(text)) => into.with("valueString", text),
        Some(ObservationValue::Flag(flag)) => into.with("valueBoolean", flag),
        // As it came, under the name it came by.
        Some(ObservationValue::Other(members)) => into.with_all(members),
    }
}

fn component(of: &Component) -> Element {
    value(Element::new().with("code", concept(&of.code)), of.value.as_ref())
}
