//! What every rule document must have, beyond its shape.

use super::{RuleDocument, RuleError};

pub(super) fn document(document: &RuleDocument) -> Result<(), RuleError> {
    let fault = |path: &str, reason: &str| Err(RuleError::at(&document.id, path, reason.to_owned()));
    let kebab =
        |id: &str| !id.is_empty() && id.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
    if !kebab(&document.id) {
        return fault("id", "an id is made of lower case letters, digits and hyphens");
    }
    if document.version == 0 {
        return fault("version", "versions start at 1");
    }
    for (path, words) in [
        ("title", &*document.title),
        ("purpose", &document.purpose),
        ("owner", &document.owner),
        ("then.summary", &document.then.summary),
        ("then.detail", &document.then.detail),
    ] {
        if words.trim().is_empty() {
            return fault(path, "is empty");
        }
    }
    if document.evidence.is_empty() {
        return fault("evidence", "a rule without evidence");
    }
    if document.triggers.is_empty() {
        return fault("triggers", "a rule that is never judged");
    }
    if document.tests.is_empty() {
        return fault("tests", "a rule without a test");
    }
    Ok(())
}
