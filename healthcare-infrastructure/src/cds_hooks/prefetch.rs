//! What a client sent along: resources under the keys of our templates, or of its own.

use std::collections::{BTreeMap, HashMap};

use healthcare_application::cds_hooks::{Given, Origin, Part};
use healthcare_dss::AllergyKnowledge;
use serde::Deserialize;
use serde_json::value::RawValue;
use uuid::Uuid;

use super::{
    malformed::Malformed,
    read::{AllergySaid, Measured, Reader},
    request::{origin, pointer},
    resources::{Contents, Placed, contents, shaped},
};
use crate::fhir::form::Hollow;

/// The most medications of one patient.
const MEDICATIONS: usize = 500;

/// The types that say something of a patient.
const READ: [&str; 6] =
    ["Patient", "MedicationRequest", "MedicationStatement", "Condition", "Observation", "AllergyIntolerance"];

/// What stands under one key.
#[derive(Debug)]
enum Sent<'a> {
    /// Resources, or none: there is nothing of it.
    Resources(Contents<'a>),
    /// The client could not get it.
    Failed,
}

/// What was sent, by key.
#[derive(Debug, Default)]
pub struct Parts<'a>(BTreeMap<String, Sent<'a>>);

/// Some send the entry of a Bundle in the place of the resource, with how they got it.
#[derive(Deserialize)]
struct Wrapped<'a> {
    #[serde(default, borrow)]
    resource: Option<&'a RawValue>,
    response: Option<Got>,
}

#[derive(Deserialize)]
struct Got {
    status: String,
}

impl<'a> Parts<'a> {
    /// All resources.
    pub fn resources(&self) -> impl Iterator<Item = &Placed<'a>> {
        self.0.values().flat_map(|sent| match sent {
            Sent::Resources(contents) => contents.resources.as_slice(),
            Sent::Failed => &[],
        })
    }

    /// What a server answered for a part.
    ///
    /// # Errors
    /// When it is not FHIR R4.
    pub fn take(&mut self, part: Part, answer: &'a RawValue) -> Result<(), Malformed> {
        self.0.insert(part.key().to_owned(), sent(part.key(), Some(answer))?);
        Ok(())
    }
}

/// The resources of `prefetch`, each at its place.
///
/// # Errors
/// When a value is neither a resource of FHIR R4 nor null.
pub fn placed<'a>(prefetch: Option<&BTreeMap<String, Option<&'a RawValue>>>) -> Result<Parts<'a>, Malformed> {
    let all = prefetch.into_iter().flatten();
    let read = all.map(|(key, value)| Ok((key.clone(), sent(key, *value)?)));
    read.collect::<Result<_, _>>().map(Parts)
}

fn sent<'a>(key: &str, value: Option<&'a RawValue>) -> Result<Sent<'a>, Malformed> {
    let at = pointer(key);
    let Some(value) = value else { return Ok(Sent::Resources(Contents::default())) };
    let wrapped: Wrapped<'a> = shaped(&at, value)?;
    let (at, value) = match (wrapped.resource, wrapped.response) {
        (_, Some(response)) if !response.status.starts_with('2') => return Ok(Sent::Failed),
        (Some(resource), _) => (format!("{at}/resource"), resource),
        (None, Some(_)) => return Ok(Sent::Resources(Contents::default())),
        (None, None) => (at, value),
    };
    // What a record answers in the form of its own is no reason to leave a draft unchecked.
    let found = contents(&at, value, Hollow::LetBe)?;
    let failed = matches!(found.resources.as_slice(), [only] if only.kind == "OperationOutcome");
    Ok(if failed { Sent::Failed } else { Sent::Resources(found) })
}

/// What is known from what was sent. Where a client uses none of our keys, it sent what it has by its own: what is not there
/// it has nothing of. Otherwise a part is known when its key is there, or a resource of its type.
///
/// # Errors
/// With the place, when a resource is not what FHIR R4 defines, or is another patient's.
pub fn given(
    reader: &Reader,
    parts: &Parts<'_>,
    patient: &str,
    origins: &mut HashMap<Uuid, Origin>,
) -> Result<Given, Malformed> {
    let ours = |key: &str| Part::ALL.into_iter().find(|part| part.key() == key);
    let its_own = !parts.0.is_empty() && parts.0.keys().all(|key| ours(key).is_none());
    let any_failed = parts.0.values().any(|sent| matches!(sent, Sent::Failed));
    let mut given = Given::default();
    if its_own && !any_failed {
        Part::ALL.into_iter().filter(|part| *part != Part::Patient).for_each(|part| given.nothing_of(part));
    }
    let (mut allergies, mut none_known) = (vec![], None);
    for (key, sent) in &parts.0 {
        let Sent::Resources(contents) = sent else { continue };
        if let Some(part) = ours(key) {
            given.nothing_of(part);
            given.cut.extend(contents.is_cut.then_some(part));
        }
        for placed in &contents.resources {
            if READ.contains(&placed.kind.as_str()) && placed.is_modified() {
                placed.ensure_about(patient)?;
                given.modified.push(placed.name());
                continue;
            }
            match placed.kind.as_str() {
                "Patient" => {
                    placed.ensure_about(patient)?;
                    let (person, born) = reader.patient(placed)?;
                    (given.patient, given.born) = (Some(person), born);
                }
                "MedicationRequest" | "MedicationStatement" => {
                    placed.ensure_about(patient)?;
                    let order = reader.medication(placed)?;
                    given.nothing_of(Part::Medications);
                    if order.is_taken && !order.forbids {
                        origin(origins, order.fact.source, placed);
                        let taken = given.medications.get_or_insert_default();
                        if taken.len() == MEDICATIONS {
                            return Err(Malformed::at(&placed.pointer, format!("at most {MEDICATIONS} are taken")));
                        }
                        taken.push(order.fact);
                    }
                }
                "Condition" => {
                    placed.ensure_about(patient)?;
                    given.conditions.get_or_insert_default().extend(reader.condition(placed)?);
                }
                "Observation" => {
                    placed.ensure_about(patient)?;
                    let Measured { numbers, signs } = reader.observation(placed)?;
                    given.signs.extend(signs);
                    let vitals = ours(key) == Some(Part::Vitals);
                    let into = if vitals { &mut given.vitals } else { &mut given.laboratory };
                    into.get_or_insert_default().extend(numbers);
                }
                "AllergyIntolerance" => {
                    placed.ensure_about(patient)?;
                    given.nothing_of(Part::Allergies);
                    match reader.allergy(placed)? {
                        AllergySaid::Known(known) => allergies.push(*known),
                        AllergySaid::NoneKnown(source) => none_known = Some(source),
                        AllergySaid::Nothing => {}
                    }
                }
                _ => {}
            }
        }
    }
    match (allergies.is_empty(), none_known) {
        (false, _) => given.allergies = Some(AllergyKnowledge::Known(allergies)),
        (true, Some(source)) => given.allergies = Some(AllergyKnowledge::NoneKnown { source }),
        (true, None) => {}
    }
    Ok(given)
}
