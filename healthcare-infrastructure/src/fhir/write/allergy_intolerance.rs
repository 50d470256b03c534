//! FHIR AllergyIntolerance.

use healthcare_domain::allergy::{AllergyRecord, Reaction, Verification};

use super::{
    Of,
    element::{Element, coded, concept, identifiers, moment, refers, remarks},
};

const CLINICAL: &str = "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical";
const VERIFICATION: &str = "http://terminology.hl7.org/CodeSystem/allergyintolerance-verification";

/// An allergy, or the statement that there is none, which the code says.
pub fn write(state: &AllergyRecord, of: &Of) -> Option<Element> {
    let (allergy, clinical) = match state {
        AllergyRecord::Unrecorded => return None,
        AllergyRecord::Active(allergy) => (allergy, Some("active")),
        AllergyRecord::Removed(allergy) if allergy.resolved => (allergy, Some("resolved")),
        AllergyRecord::Removed(allergy) => (allergy, Some("inactive")),
        AllergyRecord::EnteredInError(allergy) => (allergy, None),
    };
    let verification = match (clinical, allergy.verification) {
        (None, _) => "entered-in-error",
        (Some(_), Verification::Unconfirmed) => "unconfirmed",
        (Some(_), Verification::Confirmed) => "confirmed",
        (Some(_), Verification::Refuted) => "refuted",
    };
    Some(
        of.resource("AllergyIntolerance")
            .with("identifier", identifiers(&allergy.identifiers))
            .with("clinicalStatus", clinical.map(|code| coded(CLINICAL, code)))
            .with("verificationStatus", coded(VERIFICATION, verification))
            .with("type", allergy.mechanism)
            .with("category", &allergy.categories)
            .with("criticality", allergy.criticality)
            .with("code", concept(&allergy.substance))
            .with("patient", of.subject())
            .with("encounter", allergy.encounter.map(refers))
            .with("onsetDateTime", allergy.onset_at.map(moment))
            .with("recordedDate", of.known_at.map(moment))
            .with("lastOccurrence", allergy.last_occurrence.map(moment))
            .with("note", remarks(allergy.note.as_deref()))
            .with("reaction", allergy.reactions.iter().map(reaction).collect::<Vec<_>>()),
    )
}

fn reaction(of: &Reaction) -> Element {
    Element::new()
        .with("substance", of.substance.as_ref().map(concept))
        .with("manifestation", [concept(&of.manifestation)])
        .with("description", &of.description)
        .with("onset", of.onset_at.map(moment))
        .with("severity", of.severity)
        .with("exposureRoute", of.exposure_route.as_ref().map(concept))
}
