//! FHIR Consent. Who of the house recorded it is told by the audit trail.

use healthcare_domain::consent::{Consent, Decision, Giver};

use super::{
    Of,
    element::{Element, concept, concepts, dates, identifiers, moment},
};
use crate::fhir::consent::WITHDRAWN;

/// What was consented to, or refused.
pub fn write(state: &Consent, of: &Of) -> Option<Element> {
    let (content, status, withdrawn) = match state {
        Consent::Unrecorded => return None,
        Consent::Active(content) => (content, "active", None),
        Consent::Withdrawn { content, at, reason, by: _ } => {
            let since = Element::new().with("url", "at").with("valueDateTime", moment(*at));
            let why = Element::new().with("url", "reason").with("valueString", reason);
            (content, "inactive", Some([Element::new().with("url", WITHDRAWN).with("extension", [since, why])]))
        }
        Consent::EnteredInError(content) => (content, "entered-in-error", None),
    };
    let (contained, performer) = match &content.given_by {
        None => (None, of.subject()),
        Some(Giver { name, relationship }) => {
            let person = Element::new()
                .with("resourceType", "RelatedPerson")
                .with("id", "giver")
                .with("patient", of.subject())
                .with("relationship", relationship.iter().map(concept).collect::<Vec<_>>())
                .with("name", name.iter().map(|name| Element::new().with("text", name)).collect::<Vec<_>>());
            (Some([person]), Some(Element::new().with("reference", "#giver").with("display", name)))
        }
    };
    let kind = match content.decision {
        Decision::Permit => "permit",
        Decision::Deny => "deny",
    };
    let resource = of.resource("Consent").with("contained", contained).with("extension", withdrawn);
    let resource = match content.decided_at {
        Some(at) => resource.with("dateTime", moment(at)),
        None => resource.with("dateTime", content.decided_on),
    };
    Some(
        resource
            .with("identifier", identifiers(&content.identifiers))
            .with("status", status)
            .with("scope", concept(&content.scope))
            .with("category", concepts(&content.categories))
            .with("patient", of.subject())
            .with("performer", performer.map(|who| [who]))
            .with("provision", Element::new().with("type", kind).with("period", content.period.as_ref().map(dates))),
    )
}
