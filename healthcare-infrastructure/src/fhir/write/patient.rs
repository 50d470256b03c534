//! FHIR Patient.

use healthcare_domain::patient::{
    Address, AdministrativeGender, ContactPerson, ContactPoint, Demographics, HumanName, Patient, Standing,
};

use super::{
    Of,
    element::{Element, concept, concepts, dates, identifiers, moment},
};

/// A person under care. Who was entered in error is not active: FHIR has no other word for it.
pub fn write(state: &Patient, of: &Of) -> Option<Element> {
    let Patient::Registered { demographics, standing, pathways: _ } = state else { return None };
    let who: &Demographics = demographics;
    let resource = of
        .resource("Patient")
        .with("identifier", identifiers(&who.identifiers))
        .with("active", *standing == Standing::Active)
        .with("name", who.names.iter().map(name).collect::<Vec<_>>())
        .with("telecom", who.telecom.iter().map(telecom).collect::<Vec<_>>())
        .with("gender", gender(who.gender))
        .with("birthDate", who.birth_date);
    let resource = match &who.deceased {
        None => resource,
        Some(died) => match died.at {
            Some(at) => resource.with("deceasedDateTime", moment(at)),
            None => resource.with("deceasedBoolean", true),
        },
    };
    let preferred = who.language.iter().map(|tag| language(tag).with("preferred", true));
    let languages: Vec<Element> = preferred.chain(who.other_languages.iter().map(|tag| language(tag))).collect();
    Some(
        resource
            .with("address", who.addresses.iter().map(address).collect::<Vec<_>>())
            .with("maritalStatus", who.marital_status.as_ref().map(concept))
            .with("contact", who.contacts.iter().map(contact).collect::<Vec<_>>())
            .with("communication", languages),
    )
}

/// FHIR administrative-gender.
fn gender(of: AdministrativeGender) -> &'static str {
    match of {
        AdministrativeGender::Male => "male",
        AdministrativeGender::Female => "female",
        AdministrativeGender::Other => "other",
        AdministrativeGender::Unknown => "unknown",
    }
}

/// FHIR `Patient.communication`.
fn language(tag: &str) -> Element {
    let coding = Element::new().with("system", "urn:ietf:bcp:47").with("code", tag);
    Element::new().with("language", Element::new().with("coding", [coding]))
}

/// FHIR `Patient.contact`.
fn contact(of: &ContactPerson) -> Element {
    Element::new()
        .with("relationship", concepts(&of.relationships))
        .with("name", of.name.as_ref().map(name))
        .with("telecom", of.telecom.iter().map(telecom).collect::<Vec<_>>())
        .with("address", of.address.as_ref().map(address))
        .with("gender", of.gender.map(gender))
        .with("organization", of.organization.as_ref().map(|name| Element::new().with("display", name)))
        .with("period", of.period.as_ref().map(dates))
}

/// FHIR `HumanName`.
fn name(of: &HumanName) -> Element {
    Element::new()
        .with("use", &of.usage)
        .with("family", &of.family)
        .with("given", &of.given)
        .with("prefix", &of.prefix)
        .with("suffix", &of.suffix)
        .with("period", of.period.as_ref().map(dates))
}

/// FHIR `ContactPoint`.
fn telecom(of: &ContactPoint) -> Element {
    Element::new()
        .with("system", &of.system)
        .with("value", &of.value)
        .with("use", &of.usage)
        .with("rank", of.rank)
        .with("period", of.period.as_ref().map(dates))
}

/// FHIR `Address`.
fn address(of: &Address) -> Element {
    Element::new()
        .with("use", &of.usage)
        .with("line", &of.lines)
        .with("city", &of.city)
        .with("state", &of.state)
        .with("postalCode", &of.postal_code)
        .with("country", &of.country)
        .with("period", of.period.as_ref().map(dates))
}
