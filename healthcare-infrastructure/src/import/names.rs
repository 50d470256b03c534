//! What the resources of one import are called, across its files: a folder of NDJSON says `Patient/123` in one file and
//! describes that patient in another.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use healthcare_domain::code::CodeableConcept;

use super::{
    key::{Key, Keyring},
    piece::{Name, Piece},
};
use crate::fhir::medication;

/// Drugs remembered at most.
const MEDICATIONS: usize = 100_000;

/// Names seen in this import.
#[derive(Default)]
pub struct RunNames {
    /// `Type/id` of resources that nothing but this import places; none when two claim it.
    placed: HashMap<(String, String), Option<Arc<Name>>>,
    medications: HashMap<Key, CodeableConcept>,
    /// Identities that this import gives to somebody else than the record does.
    disputed: HashSet<Key>,
}

impl RunNames {
    /// Remembers what pieces are called.
    pub fn meet(&mut self, keyring: &Keyring, pieces: &[Piece]) {
        for piece in pieces {
            let name = &piece.name;
            if name.resource == "Medication" && self.medications.len() < MEDICATIONS {
                let drug = medication::read(&piece.raw).ok().flatten();
                self.medications.extend(drug.map(|drug| (keyring.of(name, None), drug)));
            }
            let referred_to = matches!(
                name.resource.as_str(),
                "Patient" | "Practitioner" | "Organization" | "Medication" | "Location" | "PractitionerRole"
            );
            let Some(id) = name.id.as_ref().filter(|_| referred_to && keyring.strong(name).is_none()) else { continue };
            let place = self.placed.entry((name.resource.clone(), id.clone()));
            place
                .and_modify(|known| {
                    if known.as_ref().is_some_and(|known| keyring.of(known, None) != keyring.of(name, None)) {
                        *known = None;
                    }
                })
                .or_insert_with(|| Some(name.clone()));
        }
    }

    /// The one resource of this import that is called so.
    pub fn placed(&self, resource: &str, id: &str) -> Option<&Arc<Name>> {
        self.placed.get(&(resource.to_owned(), id.to_owned()))?.as_ref()
    }

    /// Remembers identities under which this import describes somebody else: whatever refers to them means nobody knows
    /// whom.
    pub fn dispute(&mut self, keys: impl IntoIterator<Item = Key>) {
        self.disputed.extend(keys);
    }

    /// Whether an identity is disputed.
    pub fn is_disputed(&self, key: &Key) -> bool {
        self.disputed.contains(key)
    }

    /// The drug a Medication of this import names.
    pub fn medication(&self, key: &Key) -> Option<&CodeableConcept> {
        self.medications.get(key)
    }
}
