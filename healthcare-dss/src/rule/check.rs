//! What every rule document must have, beyond its shape.

use super::{Given, RuleDocument, RuleError, read_json};
use crate::book::Trigger;

/// The largest document, in bytes.
const LARGEST: usize = 256 * 1024;
/// The most cases of a rule.
const CASES: usize = 500;
/// The most entries of any other list.
const ENTRIES: usize = 256;
/// The longest text, in bytes.
const WORDS: usize = 8 * 1024;
/// The oldest fact of a case: no patient has older ones, and beyond it the calendar ends.
const HOURS_AGO: u32 = 24 * 366 * 150;

impl RuleDocument {
    /// Reads a rule from its JSON text; `name` is what refusals call it.
    ///
    /// # Errors
    /// A text that is too large, malformed, or has a field that is not known; with JSON path and reason.
    pub fn read(name: &str, text: &str) -> Result<Self, RuleError> {
        if text.len() > LARGEST {
            return Err(RuleError::at(name, ".", format!("{} bytes; a rule has {LARGEST} at most", text.len())));
        }
        read_json(name, text)
    }
}

pub(super) fn document(document: &RuleDocument) -> Result<(), RuleError> {
    let fault = |path: &str, reason: &str| Err(RuleError::at(&document.id, path, reason.to_owned()));
    let kebab =
        |id: &str| !id.is_empty() && id.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
    if !kebab(&document.id) {
        return fault("id", "an id is made of lower case letters, digits and hyphens");
    }
    if &*document.id == "schema" {
        return fault("id", "the name is taken: the schema of rules is found under it");
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
        if words.len() > WORDS {
            return fault(path, &format!("is longer than {WORDS} bytes"));
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
    for (path, length, most) in [
        ("evidence", document.evidence.len(), ENTRIES),
        ("triggers", document.triggers.len(), ENTRIES),
        ("tests", document.tests.len(), CASES),
        ("then.suggestions", document.then.suggestions.len(), ENTRIES),
        ("then.override_reasons", document.then.override_reasons.len(), ENTRIES),
        ("then.links", document.then.links.len(), ENTRIES),
    ] {
        if length > most {
            return fault(path, &format!("{length} entries; {most} are allowed"));
        }
    }
    for (nth, trigger) in document.triggers.iter().enumerate() {
        if trigger.is_empty() || !trigger.chars().all(|c| c.is_ascii_lowercase() || ".-_".contains(c)) {
            return fault(&format!("triggers[{nth}]"), "a trigger is an event type or a hook in lower case");
        }
    }
    for (nth, link) in document.then.links.iter().enumerate() {
        if link.label.trim().is_empty() {
            return fault(&format!("then.links[{nth}].label"), "is empty");
        }
        if !is_https(&link.url) {
            return fault(&format!("then.links[{nth}].url"), "a link is an https:// address without a user");
        }
    }
    document.tests.iter().enumerate().try_for_each(|(nth, case)| given(document, nth, &case.given))
}

/// At a hook or an event that is not known a rule is never judged.
pub(super) fn triggers(document: &RuleDocument) -> Result<(), RuleError> {
    let mut triggers = document.triggers.iter().enumerate();
    let unknown = triggers.find(|(_, trigger)| Trigger::known().all(|known| known != trigger.as_str()));
    unknown.map_or(Ok(()), |(nth, trigger)| {
        let what = if Trigger(trigger).is_hook() { "hook" } else { "event" };
        let reason = super::unknown(what, trigger, Trigger::known());
        Err(RuleError::at(&document.id, &format!("triggers[{nth}]"), reason))
    })
}

/// An address that a browser opens over TLS, and that shows where it leads: no user before an `@`, no blanks.
fn is_https(url: &str) -> bool {
    url.strip_prefix("https://").is_some_and(|rest| {
        let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
        !host.is_empty() && !host.contains('@') && url.len() <= 2048 && url.chars().all(|c| c.is_ascii_graphic())
    })
}

/// The facts of a case are bounded as the facts of a patient are.
fn given(document: &RuleDocument, nth: usize, given: &Given) -> Result<(), RuleError> {
    let fault =
        |field: &str, reason: String| Err(RuleError::at(&document.id, &format!("tests[{nth}].given.{field}"), reason));
    for (field, length) in [
        ("allergies", given.allergies.as_ref().map_or(0, Vec::len)),
        ("active", given.active.len()),
        ("conditions", given.conditions.len()),
        ("observations", given.observations.len()),
        ("scores", given.scores.len()),
    ] {
        if length > ENTRIES {
            return fault(field, format!("{length} entries; {ENTRIES} are allowed"));
        }
    }
    if given.days_ago.is_some_and(|days| days > HOURS_AGO / 24) {
        return fault("days_ago", format!("{} at most", HOURS_AGO / 24));
    }
    let observed = given.observations.iter().enumerate().map(|(nth, one)| ("observations", nth, one.hours_ago));
    let scored = given.scores.iter().enumerate().map(|(nth, one)| ("scores", nth, one.hours_ago));
    for (field, nth, hours_ago) in observed.chain(scored) {
        if hours_ago > HOURS_AGO {
            return fault(&format!("{field}[{nth}].hours_ago"), format!("{HOURS_AGO} at most"));
        }
    }
    Ok(())
}
