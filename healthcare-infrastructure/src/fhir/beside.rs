//! What a resource tells and its entry has no place for: kept beside the entry, and told again on export.
//!
//! It is found by writing back what was read: whatever of the resource does not come out again is kept, element by element, with
//! what the record made of that element. On the way out an element that the record would still write in the same way is told as its
//! source told it; where somebody has changed it here since, the record is believed.

use std::{borrow::Cow, collections::BTreeMap};

use healthcare_domain::{AnyState, entry::Beside, id::PatientId};
use serde_json::{Map, Value, json, value::RawValue};
use uuid::Uuid;

use super::{
    Import, Reading, Refused, Said,
    datatypes::Reference,
    date_time::FhirDateTime,
    parse::resource,
    reference::{Resolver, unname_others},
    write::{self, Element, Of},
};

/// Elements that are the record's own on the way out, or of which it tells apart what stays.
pub(super) const OWN: [&str; 6] = ["resourceType", "id", "subject", "patient", "meta", "text"];
/// Elements that name what a resource is about: what else it tells is told of that.
pub(super) const SAID_OF: [&str; 4] = ["code", "vaccineCode", "medicationCodeableConcept", "relationship"];
/// Elements that FHIR R4 writes under one of several names (`onset[x]`), in the resources that are read.
const CHOICES: [&str; 10] = [
    "abatement",
    "deceased",
    "effective",
    "medication",
    "multipleBirth",
    "occurrence",
    "onset",
    "performed",
    "reported",
    "value",
];
/// What of `meta` is neither about the copy nor about the form of a resource.
const META: [&str; 2] = ["security", "tag"];

/// The members of a JSON object, their values as they are written.
pub(super) type Members<'a> = BTreeMap<String, &'a RawValue>;

/// Whether something in the resource changes its meaning in a way that nobody here understands.
pub fn is_modified(raw: &str) -> bool {
    fn modified(value: &Value) -> bool {
        match value {
            Value::Object(members) => members.iter().any(|(name, value)| {
                let is = matches!(name.as_str(), "modifierExtension" | "implicitRules") && !says_nothing(value);
                is || modified(value)
            }),
            Value::Array(all) => all.iter().any(modified),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
        }
    }
    let mentioned = raw.contains("\"modifierExtension\"") || raw.contains("\"implicitRules\"");
    mentioned && serde_json::from_str::<Value>(raw).is_ok_and(|value| modified(&value))
}

/// What of a resource the record has no place for. The entry is named later.
///
/// # Errors
/// When it is no JSON object.
pub fn of(
    raw: &str,
    said: &Said,
    patient: Option<PatientId>,
    reading: &Reading<'_>,
) -> Result<Option<Beside>, Refused> {
    let mut state = AnyState::empty(said.stream_type());
    // What the resource makes by itself: whatever else was done to the entry here is no part of it.
    let Ok(events) = said.decide(&state, &Import { now: reading.now, changed: None }) else { return Ok(None) };
    for event in &events {
        state.apply(&event.event);
    }
    // As the store holds it: where any of it was assumed, nothing of it was told.
    let told = events.first().map(|first| first.times.known_at).filter(|_| !events.iter().any(|one| one.times.assumed));
    let of = Of { id: Uuid::nil(), patient, known_at: told, changed_at: reading.now };
    match &write::resources(&state, &of)[..] {
        [made] => missing(raw, made, reading.references),
        _ => Ok(None),
    }
}

/// The elements of a resource that what was made of it does not tell.
fn missing(raw: &str, made: &Element, references: &dyn Resolver) -> Result<Option<Beside>, Refused> {
    let source: Members<'_> = resource(raw)?;
    let made: Vec<(&str, &str)> = made.members().collect();
    let of_type =
        |members: &[(&str, &str)]| members.iter().find(|(name, _)| *name == "resourceType").map(|m| m.1.to_owned());
    // A document becomes a note, which goes out as another type: its elements have no place there.
    if source.get("resourceType").map(|value| value.get().to_owned()) != of_type(&made) {
        return Ok(None);
    }
    let told = |name: &str| -> Value {
        let value = made.iter().find(|(other, _)| *other == name).map(|(_, value)| *value);
        value.and_then(|value| serde_json::from_str(value).ok()).unwrap_or_default()
    };
    let mut beside = Beside::default();
    let mut groups: Vec<&str> = vec![];
    for (name, value) in &source {
        let value: Value = resource(value.get())?;
        // A drug goes out under its name: the resource that named it is nobody's, and does not go out with the record.
        if name == "medicationReference" && !value.as_object().is_some_and(is_inside) {
            continue;
        }
        if !OWN.contains(&name.as_str()) && !covers(&told(name), &value) && !groups.contains(&group(name)) {
            groups.push(group(name));
        }
    }
    let kept = |name: &&String| groups.contains(&group(name));
    for (name, value) in source.iter().filter(|(name, _)| kept(name)) {
        beside.told.push((name.clone(), resolved(&unnamed(value.get(), references), references)));
    }
    for (name, value) in made.iter().filter(|(name, _)| groups.contains(&group(name))) {
        beside.made.push(((*name).to_owned(), (*value).to_owned()));
    }
    for own in ["meta", "text"] {
        let value: Value = source.get(own).map(|value| resource(value.get())).transpose()?.unwrap_or_default();
        let left = if own == "meta" { labels(&value) } else { narrative(value) };
        beside.told.extend(left.map(|left| (own.to_owned(), left.to_string())));
    }
    if beside.told.is_empty() {
        return Ok(None);
    }
    // What it was all said of; and a narrative is of all of it.
    let narrated = beside.told.iter().any(|(name, _)| name == "text");
    for (name, value) in &made {
        let wanted = SAID_OF.contains(name) || (narrated && !OWN.contains(name));
        if wanted && !beside.made.iter().any(|(known, _)| known == name) {
            beside.made.push(((*name).to_owned(), (*value).to_owned()));
        }
    }
    Ok(Some(beside))
}

/// The security labels and tags of a resource.
fn labels(meta: &Value) -> Option<Value> {
    let of = |name: &&&str| meta.get(**name).is_some_and(|value| !says_nothing(value));
    let kept: Map<_, _> = META.iter().filter(of).map(|name| ((*name).to_owned(), meta[*name].clone())).collect();
    (!kept.is_empty()).then_some(Value::Object(kept))
}

/// A narrative that says more than the elements: one that was generated from them says nothing more (FHIR R4, narrative-status).
fn narrative(text: Value) -> Option<Value> {
    let more = matches!(text["status"].as_str(), Some("additional" | "extensions"));
    more.then_some(text)
}

/// The name under which an element stands for its choice: `onset` of `onsetAge`, `birthDate` of `_birthDate`.
pub(super) fn group(name: &str) -> &str {
    let name = name.strip_prefix('_').unwrap_or(name);
    let of = |choice: &&&str| {
        name.strip_prefix(**choice).is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_uppercase()))
    };
    CHOICES.iter().find(of).copied().unwrap_or(name)
}

fn says_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(all) => all.iter().all(says_nothing),
        Value::Object(members) => members.values().all(says_nothing),
        Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

/// Whether all that `theirs` says is said by `ours`.
fn covers(ours: &Value, theirs: &Value) -> bool {
    match (ours, theirs) {
        (_, theirs) if says_nothing(theirs) => true,
        (Value::Object(a), Value::Object(b)) => b.iter().all(|(name, value)| {
            let has = |other: &str| b.get(other).is_some_and(|value| !says_nothing(value));
            match (name.as_str(), a.get(name)) {
                // A stream of ours, under our name for it.
                ("reference", Some(Value::String(to))) if to.starts_with("urn:uuid:") => !is_inside(b),
                // How a unit is printed, beside its code.
                ("unit", Some(_)) if has("code") => true,
                (_, Some(ours)) => covers(ours, value),
                // The name of a code that stands there, and the type of what a reference names.
                ("display", None) => has("code") && a.contains_key("code"),
                ("type", None) => has("reference") && a.contains_key("reference"),
                (_, None) => says_nothing(value),
            }
        }),
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| covers(a, b)),
        (Value::String(a), Value::String(b)) => a == b || moment(a).is_some_and(|at| Some(at) == moment(b)),
        (a, b) => a == b,
    }
}

/// Whether a reference is to what stands within its resource.
fn is_inside(reference: &Map<String, Value>) -> bool {
    reference.get("reference").and_then(Value::as_str).is_some_and(|text| text.starts_with('#'))
}

/// A full moment: the same one may be written in several zones.
fn moment(text: &str) -> Option<FhirDateTime> {
    text.parse().ok().filter(|at| matches!(at, FhirDateTime::Moment(_)))
}

/// The JSON without the names of other patients, and else to the digit.
fn unnamed<'a>(json: &'a str, references: &dyn Resolver) -> Cow<'a, str> {
    let read = serde_json::from_str(json).ok();
    let without = read.and_then(|mut value: Value| {
        unname_others(&mut value, &|to| references.is_another_patient(to)).then(|| value.to_string())
    });
    without.map_or(Cow::Borrowed(json), Cow::Owned)
}

/// The JSON with references to what is known here under our names for it; everything else stays to the digit.
fn resolved(json: &str, references: &dyn Resolver) -> String {
    const KEY: &str = "\"reference\"";
    let mut out = String::with_capacity(json.len());
    let mut rest = json;
    while let Some(at) = rest.find(KEY) {
        let (before, after) = rest.split_at(at + KEY.len());
        out.push_str(before);
        let value = after.trim_start().strip_prefix(':').map(str::trim_start).unwrap_or(after);
        out.push_str(&after[..after.len() - value.len()]);
        let mut read = serde_json::Deserializer::from_str(value).into_iter::<String>();
        rest = value;
        if let Some(Ok(text)) = read.next()
            && !text.starts_with('#')
        {
            let stream = references.stream(&Reference { reference: Some(text), ..Reference::default() });
            if let Some(stream) = stream {
                out.push_str(&json!(write::urn(stream)).to_string());
                rest = &value[read.byte_offset()..];
            }
        }
    }
    out.push_str(rest);
    out
}

/// Whether two say the same of the same entry: however it is laid out, and whether or not what it refers to was known by then.
pub fn is_same(one: &Beside, other: &Beside) -> bool {
    let values = |of: &[(String, String)]| -> Vec<(String, Value)> {
        pairs(of).map(|(name, json)| (name.to_owned(), serde_json::from_str(json).unwrap_or_default())).collect()
    };
    let same = |one: &[(String, String)], other: &[(String, String)]| {
        let (one, other) = (values(one), values(other));
        one.len() == other.len() && one.iter().zip(&other).all(|(a, b)| a.0 == b.0 && is_alike(&a.1, &b.1))
    };
    one.entry == other.entry && same(&one.told, &other.told) && same(&one.made, &other.made)
}

fn is_alike(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Object(a), Value::Object(b)) => {
            let alike = |(name, a): (&String, &Value)| {
                let known = |of: &Value| of.as_str().is_some_and(|text| text.starts_with("urn:uuid:"));
                b.get(name).is_some_and(|b| is_alike(a, b) || (name == "reference" && known(a) != known(b)))
            };
            a.len() == b.len() && a.iter().all(alike)
        }
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| is_alike(a, b)),
        (a, b) => a == b,
    }
}

/// Elements by name.
pub(super) fn pairs(of: &[(String, String)]) -> impl Iterator<Item = (&str, &str)> {
    of.iter().map(|(name, value)| (name.as_str(), value.as_str()))
}
