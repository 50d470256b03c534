use std::collections::BTreeSet;
use std::path::Path;

use super::Trigger;

/// What is not of a patient's record, by the first part of its name, what comes of looking at one, and what tests made up.
const OTHERS: [&str; 14] = [
    "access",
    "ada.nurse",
    "appointmenttype",
    "bed",
    "decision",
    "device",
    "moon.full",
    "organization",
    "practitioner",
    "ruleset",
    "schedule",
    "suggestion",
    "template",
    "ward",
];

/// The names with dots that stand between quotes.
fn names(text: &str, into: &mut BTreeSet<String>) {
    for name in text.split('"').skip(1).step_by(2) {
        let parts: Vec<&str> = name.split('.').collect();
        let letters =
            |part: &&str| !part.is_empty() && part.chars().all(|c| c.is_ascii_lowercase() || "-_".contains(c));
        let file = [".rs", ".json"].into_iter().any(|kind| name.ends_with(kind));
        if parts.len() > 1 && !file && parts.iter().all(letters) {
            into.insert(name.to_owned());
        }
    }
}

fn read(folder: &Path, into: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            read(&path, into);
        } else if path.extension().is_some_and(|kind| kind == "rs") {
            let text = std::fs::read_to_string(&path).unwrap();
            text.lines().filter(|line| !line.trim_start().starts_with("//")).for_each(|line| names(line, into));
        }
    }
}

/// A new event is of a patient, or named above.
#[test]
fn given_the_events_of_the_domain_when_listed_then_each_of_a_patient_is_a_trigger_and_every_trigger_is_one() {
    let mut found = BTreeSet::new();
    read(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../healthcare-domain/src")), &mut found);
    let other = |name: &String| {
        OTHERS.iter().any(|other| name == other || name.strip_prefix(other).is_some_and(|rest| rest.starts_with('.')))
    };
    let of_patients: BTreeSet<&str> = found.iter().filter(|name| !other(name)).map(String::as_str).collect();
    let triggers: BTreeSet<&str> = Trigger::EVENTS.into_iter().collect();
    assert_eq!(triggers, of_patients);
    assert_eq!(triggers.len(), Trigger::EVENTS.len(), "each once");
}

#[test]
fn given_a_trigger_when_read_then_only_an_event_has_a_dot() {
    assert!(Trigger::HOOKS.into_iter().all(|hook| Trigger(hook).is_hook()));
    assert!(Trigger::EVENTS.into_iter().all(|event| !Trigger(event).is_hook()));
    assert_eq!(Trigger::known().count(), Trigger::HOOKS.len() + Trigger::EVENTS.len());
}
