//! FHIR Patient.

use healthcare_domain::patient::{Address, AdministrativeGender, ContactPoint, Demographics, HumanName, Patient};

use super::{
    Of,
    element::{Element, concept, identifiers, moment},
};

/// A person under care.
pub fn write(state: &Patient, of: &Of) -> Option<Element> {
    let Patient::Registered { demographics, .. } = state else { return None };
    let who: &Demographics = demographics;
    let gender = match who.gender {
        AdministrativeGender::Male => "male",
        AdministrativeGender::Female => "female",
        AdministrativeGender::Other => "other",
        AdministrativeGender::Unknown => "unknown",
    };
    let resource = of
        .resource("Patient")
        .with("identifier", identifiers(&who.identifiers))
        .with("name", who.names.iter().map(name).collect::<Vec<_>>())
        .with("telecom", who.telecom.iter().map(telecom).collect::<Vec<_>>())
        .with("gender", gender)
        .with("birthDate", who.birth_date);
    let resource = match &who.deceased {
        None => resource,
        Some(died) => match died.at {
            Some(at) => resource.with("deceasedDateTime", moment(at)),
            None => resource.with("deceasedBoolean", true),
        },
    };
    let language = who.language.as_ref().map(|tag| {
        let coding = Element::new().with("system", "urn:ietf:bcp:47").with("code", tag);
        [Element::new().with("language", Element::new().with("coding", [coding])).with("preferred", true)]
    });
    Some(
        resource
            .with("address", who.addresses.iter().map(address).collect::<Vec<_>>())
            .with("maritalStatus", who.marital_status.as_ref().map(concept))
            .with("communication", language),
    )
}

/// FHIR `HumanName`.
fn name(of: &HumanName) -> Element {
    Element::new()
        .with("use", &of.usage)
        .with("family", &of.family)
        .with("given", &of.given)
        .with("prefix", &of.prefix)
        .with("suffix", &of.suffix)
}

/// FHIR `ContactPoint`.
fn telecom(of: &ContactPoint) -> Element {
    Element::new().with("system", &of.system).with("value", &of.value).with("use", &of.usage)
}

/// FHIR `Address`.
fn address(of: &Address) -> Element {
    Element::new()
        .with("line", &of.lines)
        .with("city", &of.city)
        .with("state", &of.state)
        .with("postalCode", &of.postal_code)
        .with("country", &of.country)
}
