//! FHIR Composition: a note that came as one, and was not amended here, goes out as it came.

use healthcare_domain::note::{CameAs, Version};
use serde_json::{Value, json};

use super::{
    Of,
    document_reference::author,
    element::{Element, moment, refers},
};

/// A version of a note as the Composition it was read from.
pub fn write(version: &Version, came: &CameAs, struck: bool, of: &Of) -> Element {
    let mut meta = came.member("meta").cloned().filter(Value::is_object).unwrap_or_else(|| json!({}));
    meta["lastUpdated"] = json!(moment(of.changed_at));
    // Where one is not known here they go out as they came.
    let known = came.member("author").is_none();
    let resource = Element::new()
        .with("resourceType", "Composition")
        .with("id", of.id)
        .with("meta", meta)
        .with("subject", of.subject())
        .with("encounter", version.content.encounter.map(refers))
        .with("author", known.then(|| version.authors.iter().map(author).collect::<Vec<_>>()));
    let members = came.members().filter(|(name, _)| *name != "meta");
    members.fold(resource, |resource, (name, value)| match name {
        "status" if struck => resource.with(name, "entered-in-error"),
        _ => resource.with(name, value),
    })
}
