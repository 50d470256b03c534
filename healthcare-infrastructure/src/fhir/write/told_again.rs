//! A resource as it goes out: with what its source told of it and its entry has no place for ([`crate::fhir::beside`]).

use std::collections::{BTreeMap, BTreeSet};

use healthcare_domain::entry::Beside;
use serde_json::{Value, json, value::RawValue};

use super::Element;
use crate::fhir::beside::{Members, OWN, SAID_OF, group, pairs};

/// Elements whose members are independent of each other: when an order ended here, its source's rate is still that rate.
const DEEP: [&str; 4] = ["dosageInstruction", "dosage", "timing", "repeat"];

/// Elements that are not said of what the resource names: they stand, whatever that is now.
const ASIDE: [&str; 3] = ["category", "identifier", "language"];

/// A resource as it is written, with what its source told in place of what still stands as it was made of that. Where it is about
/// something else now, nothing is told of what it was about.
pub fn told_again(mut written: Element, beside: &Beside) -> Element {
    let groups: BTreeSet<&str> = beside.told.iter().map(|(name, _)| group(name)).collect();
    let about_another = is_about_another(&written, beside);
    let narrated = !about_another && is_as_it_was(&written, beside);
    for of in groups.into_iter().filter(|of| !matches!(*of, "meta" | "text")) {
        let in_it = |name: &str| group(name) == of;
        let told: Vec<(&str, &str)> = pairs(&beside.told).filter(|(name, _)| in_it(name)).collect();
        let made: Vec<(&str, &str)> = pairs(&beside.made).filter(|(name, _)| in_it(name)).collect();
        if about_another && made.is_empty() && !ASIDE.contains(&of) && of != "contained" {
            continue;
        }
        let now: Vec<(&str, &str)> = written.members().filter(|(name, _)| in_it(name)).collect();
        let again: Vec<(String, String)> = if now == made {
            told.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
        } else if let Some(merged) = merged(&told, &made, &now) {
            vec![merged]
        } else {
            continue;
        };
        written = again.iter().fold(written.without(in_it), |written, (name, value)| put(written, name, value));
    }
    for (name, value) in pairs(&beside.told) {
        match name {
            "meta" => {
                let merged = {
                    let ours = written.members().find(|(name, _)| *name == "meta").map(|(_, value)| value);
                    let mut merged: Value =
                        ours.and_then(|ours| serde_json::from_str(ours).ok()).unwrap_or_else(|| json!({}));
                    let theirs: Value = serde_json::from_str(value).unwrap_or_default();
                    if let (Some(merged), Some(theirs)) = (merged.as_object_mut(), theirs.as_object()) {
                        merged.extend(theirs.clone());
                    }
                    merged
                };
                written = written.without(|name| name == "meta").with("meta", merged);
            }
            // A narrative of what has changed since would say what is no longer so.
            "text" if narrated => written = put(written, name, value),
            _ => {}
        }
    }
    // What nothing refers to any more is not told either.
    let refers_inside =
        |written: &Element| written.members().any(|(name, json)| name != "contained" && json.contains("\"#"));
    if about_another && !refers_inside(&written) {
        return written.without(|name| name == "contained");
    }
    written
}

/// Whether what the resource names was changed here since.
fn is_about_another(written: &Element, beside: &Beside) -> bool {
    let now = |of: &str| written.members().find(|(name, _)| *name == of).map(|(_, value)| value);
    pairs(&beside.made).any(|(name, made)| SAID_OF.contains(&name) && now(name) != Some(made))
}

/// Whether all that the record says is what it made of the source's words.
fn is_as_it_was(written: &Element, beside: &Beside) -> bool {
    let now: BTreeSet<(&str, &str)> = written.members().filter(|(name, _)| !OWN.contains(name)).collect();
    now == pairs(&beside.made).collect()
}

fn put(into: Element, name: &str, json: &str) -> Element {
    match RawValue::from_string(json.to_owned()) {
        Ok(value) => into.with(name, value),
        Err(_) => into,
    }
}

/// What its source told of an element that has changed here since, with the change.
fn merged(told: &[(&str, &str)], made: &[(&str, &str)], now: &[(&str, &str)]) -> Option<(String, String)> {
    let ([(name, told)], [(_, now)]) = (told, now) else { return None };
    let made = made.first().map_or("[]", |(_, made)| *made);
    let all = if DEEP.contains(name) { deep(told, made, now) } else { joined(told, made, now) };
    all.map(|all| ((*name).to_owned(), all))
}

fn members(json: &str) -> Option<Members<'_>> {
    serde_json::from_str(json).ok()
}

fn list(json: &str) -> Option<Vec<&RawValue>> {
    serde_json::from_str(json).ok()
}

/// A list to which something was only added here: as its source told it, and what was added.
fn joined(told: &str, made: &str, now: &str) -> Option<String> {
    let (told, made, now) = (list(told)?, list(made)?, list(now)?);
    let stands = |one: &RawValue, among: &[&RawValue]| among.iter().any(|other| other.get() == one.get());
    let added = now.iter().filter(|one| !stands(one, &made)).copied();
    let kept = made.iter().all(|one| stands(one, &now));
    kept.then(|| listed(told.iter().copied().chain(added).map(|one| one.get().to_owned())))
}

fn listed(items: impl Iterator<Item = String>) -> String {
    format!("[{}]", items.collect::<Vec<_>>().join(","))
}

/// An element whose members speak for themselves, or a list of such: each as its source told it where it has not changed here.
fn deep(told: &str, made: &str, now: &str) -> Option<String> {
    if made == now {
        return Some(told.to_owned());
    }
    if let (Some(told), Some(made), Some(now)) = (list(told), list(made), list(now)) {
        let same = told.len() == made.len() && made.len() == now.len();
        let each = told.iter().zip(made).zip(now).map(|((told, made), now)| deep(told.get(), made.get(), now.get()));
        return each.collect::<Option<Vec<_>>>().filter(|_| same).map(|all| listed(all.into_iter()));
    }
    let (told, made, now) = (members(told)?, members(made)?, members(now)?);
    let mut all: BTreeMap<&str, String> =
        now.iter().map(|(name, value)| (name.as_str(), value.get().to_owned())).collect();
    for (name, told) in &told {
        let (made, now) = (made.get(name).map(|one| one.get()), now.get(name).map(|one| one.get()));
        let value = match (made, now) {
            (made, now) if made == now => Some(told.get().to_owned()),
            (made, Some(now)) if DEEP.contains(&name.as_str()) => deep(told.get(), made.unwrap_or("{}"), now),
            _ => None,
        };
        all.extend(value.map(|value| (name.as_str(), value)));
    }
    let members = all.into_iter().map(|(name, value)| format!("{}:{value}", json!(name)));
    Some(format!("{{{}}}", members.collect::<Vec<_>>().join(",")))
}
