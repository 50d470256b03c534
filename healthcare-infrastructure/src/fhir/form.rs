//! The form that FHIR R4 asks of any resource, whatever it says: one of several types at a time (`value[x]`), no `null` and
//! nothing empty (R4, JSON), a timing that can be, and references to what stands within the resource only where it does.

use std::collections::BTreeSet;

use super::{
    Refused,
    json::{Json, Names},
    parse::resource,
};

/// Elements that FHIR R4 writes under one of several names, wherever they stand.
const CHOICES: &str = "abatement age asNeeded born bounds deceased dose doseNumber effective medication multipleBirth occurrence \
    onset performed rate reported seriesDoses value";

/// The types that such a name ends in (FHIR R4, open data types, and `Age` to `Timing`).
const TYPES: &str = "Address Age Annotation Attachment Base64Binary Boolean Canonical Code CodeableConcept Coding ContactPoint \
    Count Date DateTime Decimal Distance Duration HumanName Id Identifier Instant Integer Markdown Money Oid \
    Period PositiveInt Quantity Range Ratio Reference SampledData Signature String Time Timing UnsignedInt Uri";

/// A fault, and the steps to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// From the resource to it.
    pub steps: Vec<Step>,
    /// What is wrong there. Never what stood there.
    pub reason: &'static str,
}

/// A step into JSON.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// A member.
    Name(String),
    /// One of a list, from zero.
    Nth(usize),
}

impl Fault {
    fn at(name: &str, reason: &'static str) -> Self {
        Self { steps: vec![Step::Name(name.to_owned())], reason }
    }

    fn under(mut self, step: Step) -> Self {
        self.steps.insert(0, step);
        self
    }
}

/// What becomes of members that hold nothing: `null`, an empty list, an empty object. They break the form and say nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hollow {
    /// They are faults.
    Refused,
    /// They are passed over.
    LetBe,
}

/// Looks at the form of a resource and of all within it. An empty `entry` of a Bundle is let be: so many say that they found nothing.
///
/// # Errors
/// With the first that is wrong.
pub fn check(raw: &str, hollow: Hollow) -> Result<(), Fault> {
    // What is no JSON is told by whoever reads it.
    let Ok(json) = serde_json::from_str::<Json>(raw) else { return Ok(()) };
    walk(&json, &Around { inside: BTreeSet::new(), is_contained: false, hollow })
}

/// Makes sure that a resource has no element twice, under two of its names (`medicationReference` beside
/// `medicationCodeableConcept`).
///
/// # Errors
/// With the place of the second.
pub fn ensure_one_of_each(raw: &str) -> Result<(), Refused> {
    let Names(names) = resource(raw)?;
    match twice(names.iter().map(String::as_str)) {
        Some(second) => Err(Refused::at(second, TWICE)),
        None => Ok(()),
    }
}

const TWICE: &str = "beside another of the same element, of which there is one at the most";

/// Where a value stands.
#[derive(Clone)]
struct Around<'a> {
    /// The ids of what is contained in its resource.
    inside: BTreeSet<&'a str>,
    /// Whether it is contained itself.
    is_contained: bool,
    hollow: Hollow,
}

fn walk<'a>(value: &'a Json, around: &Around<'a>) -> Result<(), Fault> {
    match value {
        Json::Object(members) if value.member("resourceType").is_some() && !around.is_contained => {
            object(value, members, &Around { inside: contained(value), is_contained: false, hollow: around.hollow })
        }
        Json::Object(members) => object(value, members, around),
        Json::List(all) => {
            let mut each = all.iter().enumerate();
            each.try_for_each(|(n, one)| walk(one, around).map_err(|fault| fault.under(Step::Nth(n))))
        }
        Json::Null | Json::Flag | Json::Number(_) | Json::Text(_) => Ok(()),
    }
}

fn object<'a>(whole: &'a Json, members: &'a [(String, Json)], around: &Around<'a>) -> Result<(), Fault> {
    let names = || members.iter().map(|(name, _)| name.as_str());
    if let Some(second) = twice(names()) {
        return Err(Fault::at(second, TWICE));
    }
    let is_bundle = whole.member("resourceType").and_then(Json::text) == Some("Bundle");
    for (name, value) in members {
        if around.hollow == Hollow::Refused {
            ensure_said(whole, name, value, is_bundle)?;
        }
        match value {
            Json::Text(text) if name == "reference" => {
                let refers = text.strip_prefix('#').filter(|id| !id.is_empty());
                if refers.is_some_and(|id| !around.inside.contains(id)) {
                    return Err(Fault::at(name, "nothing of this id is contained in the resource"));
                }
            }
            Json::Object(_) if name == "repeat" => {
                ensure_can_be(value).map_err(|fault| fault.under(Step::Name(name.clone())))?;
            }
            _ => {}
        }
        let around = Around { is_contained: name == "contained", ..around.clone() };
        walk(value, &around).map_err(|fault| fault.under(Step::Name(name.clone())))?;
    }
    Ok(())
}

/// That a member says something.
fn ensure_said(whole: &Json, name: &str, value: &Json, is_bundle: bool) -> Result<(), Fault> {
    match value {
        Json::Null => Err(Fault::at(name, "null is no value in FHIR: what is not there is left out")),
        Json::Object(all) if all.is_empty() => Err(Fault::at(name, "an object is never empty in FHIR")),
        Json::List(all) if all.is_empty() && !(is_bundle && name == "entry") => {
            Err(Fault::at(name, "a list is never empty in FHIR"))
        }
        Json::List(all) => ensure_filled(whole, name, all),
        Json::Object(_) | Json::Text(_) | Json::Flag | Json::Number(_) => Ok(()),
    }
}

/// The ids of what stands within a resource.
fn contained(resource: &Json) -> BTreeSet<&str> {
    match resource.member("contained") {
        Some(Json::List(all)) => all.iter().filter_map(|one| one.member("id")?.text()).collect(),
        _ => BTreeSet::new(),
    }
}

/// In a list null keeps the place of what is told of it beside (`given` and `_given`); nothing else is null, and nothing empty.
fn ensure_filled(whole: &Json, name: &str, all: &[Json]) -> Result<(), Fault> {
    let twin = name.strip_prefix('_').map_or_else(|| format!("_{name}"), str::to_owned);
    let told = |n: usize| match whole.member(&twin) {
        Some(Json::List(beside)) => beside.get(n).is_some_and(|one| !matches!(one, Json::Null)),
        _ => false,
    };
    let reason = |(n, one): (usize, &Json)| match one {
        Json::Null if !told(n) => Some((n, "null is no value in FHIR: what is not there is left out")),
        Json::Object(members) if members.is_empty() => Some((n, "an object is never empty in FHIR")),
        Json::List(all) if all.is_empty() => Some((n, "a list is never empty in FHIR")),
        _ => None,
    };
    match all.iter().enumerate().find_map(reason) {
        Some((n, reason)) => Err(Fault { steps: vec![Step::Name(name.to_owned()), Step::Nth(n)], reason }),
        None => Ok(()),
    }
}

/// How often and how long (FHIR R4, Timing: `positiveInt`, tim-4 and tim-5). In no time at all nothing is done so often.
fn ensure_can_be(repeat: &Json) -> Result<(), Fault> {
    let ensure = |names: &[&str], holds: fn(f64) -> bool, reason: &'static str| {
        let wrong = |name: &&&str| match repeat.member(name) {
            Some(Json::Number(number)) => !holds(*number),
            _ => false,
        };
        names.iter().find(wrong).map_or(Ok(()), |name| Err(Fault::at(name, reason)))
    };
    let whole = |number: f64| number >= 1.0 && number.fract() == 0.0;
    ensure(&["frequency", "frequencyMax", "count", "countMax"], whole, "a whole number, at least 1")?;
    ensure(&["period", "periodMax"], |number| number > 0.0, "a number above 0")?;
    ensure(&["duration", "durationMax"], |number| number >= 0.0, "a number, at least 0")
}

/// The second of two names of one element.
fn twice<'a>(names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let mut met: Vec<(&str, &str)> = vec![];
    for name in names {
        let plain = name.strip_prefix('_').unwrap_or(name);
        let Some(element) = element(plain) else { continue };
        if met.iter().any(|(other, known)| *other == element && *known != plain) {
            return Some(name);
        }
        met.push((element, plain));
    }
    None
}

/// `value` of `valueQuantity`.
fn element(name: &str) -> Option<&'static str> {
    let of = |choice: &&str| name.strip_prefix(*choice).is_some_and(|rest| TYPES.split(' ').any(|one| one == rest));
    CHOICES.split(' ').find(of)
}

#[cfg(test)]
#[path = "form_test.rs"]
mod tests;
