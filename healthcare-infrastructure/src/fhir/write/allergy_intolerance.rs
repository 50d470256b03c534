//! FHIR AllergyIntolerance.

use healthcare_domain::allergy::{AllergyRecord, Reaction, Verification};

use super::{
    Of,
    element::{Element, coded, concept, identifiers, moment},
};

const CLINICAL: &str = "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical";
const VERIFICATION: &str = "http://terminology.hl7.org/CodeSystem/allergyintolerance-verification";

/// An allergy, or the statement that there is none, which the code says.
pub fn write(state: &AllergyRecord, of: &Of) -> Option<Element> {
    let (allergy, clinical) = match state {
        AllergyRecord::Unrecorded => return None,
        AllergyRecord::Active(allergy) => (allergy, Some("active")),
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
            .with("category", &allergy.categories)
            .with("criticality", allergy.criticality)
            .with("code", concept(&allergy.substance))
            .with("patient", of.subject())
            .with("onsetDateTime", allergy.onset_at.map(moment))
            .with("recordedDate", of.known_at.map(moment))
            .with("reaction", allergy.reactions.iter().map(reaction).collect::<Vec<_>>()),
    )
}

fn reaction(of: &Reaction) -> Element {
    Element::new().with("manifestation", [concept(&of.manifestation)]).with("severity", of.severity)
}
