//! FHIR Practitioner.

use healthcare_domain::entry::Practitioner;
use serde::Deserialize;

use super::{
    Reading, Refused,
    datatypes::{ContactPoint, HumanName, Identifier, Meta, identifiers},
    parse::resource,
    said::{EntrySaid, Moments},
};

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Resource {
    meta: Meta,
    identifier: Vec<Identifier>,
    active: Option<bool>,
    name: Vec<HumanName>,
    telecom: Vec<ContactPoint>,
}

/// Reads a Practitioner. One without a name is known by its first identifier.
///
/// # Errors
/// With the place and the reason, when it is not what FHIR R4 defines, or it says nobody.
pub fn read(raw: &str, reading: &Reading<'_>) -> Result<EntrySaid<Practitioner>, Refused> {
    let r: Resource = resource(raw)?;
    let identifiers = identifiers(&r.identifier);
    let name = r.name.iter().map(HumanName::spoken).find(|n| !n.is_empty());
    let name = name
        .or_else(|| identifiers.first().map(|i| i.value.clone()))
        .ok_or_else(|| Refused::at("name", "a practitioner has a name or an identifier"))?;
    let content = Practitioner {
        identifiers,
        name,
        active: r.active,
        telecom: r.telecom.into_iter().filter_map(|t| t.value).collect(),
    };
    Ok(EntrySaid::once(
        content,
        Moments { clinical: None, known: None, meta: &r.meta, now: reading.now }.times(),
        false,
    ))
}
