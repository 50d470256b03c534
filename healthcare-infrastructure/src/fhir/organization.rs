//! FHIR Organization.

use healthcare_domain::entry::Organization;
use serde::Deserialize;

use super::{
    Reading, Refused,
    datatypes::{CodeableConcept, Identifier, Meta, concepts, identifiers},
    parse::resource,
    said::{EntrySaid, Moments},
};

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Resource {
    meta: Meta,
    identifier: Vec<Identifier>,
    active: Option<bool>,
    r#type: Vec<CodeableConcept>,
    name: Option<String>,
}

/// Reads an Organization. FHIR demands a name or an identifier (org-1).
///
/// # Errors
/// With the place and the reason, when it is not what FHIR R4 defines.
pub fn read(raw: &str, reading: &Reading<'_>) -> Result<EntrySaid<Organization>, Refused> {
    let r: Resource = resource(raw)?;
    let identifiers = identifiers(&r.identifier);
    let name = r.name.filter(|n| !n.trim().is_empty());
    let name = name
        .or_else(|| identifiers.first().map(|i| i.value.clone()))
        .ok_or_else(|| Refused::at("name", "an organisation has a name or an identifier"))?;
    let content = Organization { identifiers, name, types: concepts(&r.r#type), active: r.active };
    Ok(EntrySaid::once(
        content,
        Moments { clinical: None, known: None, meta: &r.meta, now: reading.now }.times(),
        false,
    ))
}
