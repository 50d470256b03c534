//! Identity across files and runs.
//!
//! An id means something only on the server that gave it: `Patient/1` of two sources are two patients. So an identity
//! is one of these, the first that a resource offers:
//!
//! 1. with `--source NAME`, its id (or `fullUrl`) in the namespace NAME;
//! 2. a UUID (RFC 9562, as id or `urn:uuid`), which is the same thing wherever it is written;
//! 3. the URL it has on its server;
//! 4. a business identifier with its system;
//! 5. for a patient the id together with birth date and names, for what belongs to a patient the id within the
//!    patient's identity, for anything else its content.
//!
//! The keys are keyed hashes: identities may be hospital or insurance numbers.

use uuid::{Uuid, Variant};

use super::piece::{Name, Piece};
use crate::{fhir::reference::Target, vault::Vault};

/// An identity, hashed.
pub type Key = [u8; 32];

/// Makes keys.
#[derive(Clone)]
pub struct Keyring {
    vault: Vault,
    source: Option<String>,
}

impl Keyring {
    /// Keys under this vault's secret, in the namespace `source` if it is named.
    pub fn new(vault: Vault, source: Option<String>) -> Self {
        Self { vault, source }
    }

    /// The hash of a resource's content.
    pub fn digest(&self, name: &Name) -> Key {
        self.vault.fingerprint("import.content", &[&name.content])
    }

    /// The key of a resource. `patient` is the stream of the patient it belongs to, if to one.
    pub fn of(&self, name: &Name, patient: Option<Uuid>) -> Key {
        self.strong(name).unwrap_or_else(|| self.weak(name, patient))
    }

    /// Second names: business identifiers, for those that others refer to by them.
    pub fn aliases(&self, name: &Name) -> Vec<Key> {
        if !matches!(name.resource.as_str(), "Patient" | "Practitioner" | "Organization") {
            return vec![];
        }
        name.identifiers.iter().map(|(system, value)| self.identified(&name.resource, system, value)).collect()
    }

    /// The key of an identity that needs no context, if the name offers one.
    pub fn strong(&self, name: &Name) -> Option<Key> {
        let by_id = name.id.as_deref().and_then(|id| self.numbered(&name.resource, id, None));
        by_id.or_else(|| self.addressed(name.full_url.as_ref()?))
    }

    /// The key that a reference gives by itself. `base` is the server that the referring resource came from.
    pub fn addressed(&self, target: &Target) -> Option<Key> {
        match target {
            Target::Uuid(uuid) => match &self.source {
                Some(source) => Some(self.hash("source", &[source, &uuid.to_string()])),
                None => unique(*uuid).then(|| self.hash("uuid", &[&uuid.to_string()])),
            },
            Target::Urn(urn) => Some(match &self.source {
                Some(source) => self.hash("source", &[source, urn]),
                None => self.hash("urn", &[urn]),
            }),
            Target::Relative { resource, id } => self.numbered(resource, id, None),
            Target::Absolute { base, resource, id } => self.numbered(resource, id, Some(base)),
            Target::Identified { resource, system, value } => {
                Some(self.identified(resource.as_deref()?, system, value))
            }
            Target::Contained(_) => None,
        }
    }

    /// The key under which it is noted which server a named source is.
    pub fn home(&self) -> Option<Key> {
        self.source.as_deref().map(|source| self.hash("home", &[source]))
    }

    /// The hash of a server's base URL, by whichever scheme it is reached.
    pub fn server(&self, base: &str) -> Key {
        let base = base.split_once("://").map_or(base, |(_, base)| base);
        self.hash("server", &[base.trim_end_matches('/')])
    }

    /// The key of what is kept beside an entry.
    pub fn beside(&self, entry: Uuid) -> Key {
        self.hash_bytes("beside", &[entry.as_bytes()])
    }

    /// The key of an id within what belongs to a patient.
    pub fn within(&self, patient: Uuid, resource: &str, id: &str) -> Key {
        self.hash_bytes("of", &[patient.as_bytes(), resource.as_bytes(), id.as_bytes()])
    }

    /// The server a resource came from.
    pub fn base(piece: &Piece) -> Option<&str> {
        match &piece.name.full_url {
            Some(Target::Absolute { base, .. }) => Some(base),
            _ => None,
        }
    }

    /// The key of an id on a server.
    pub fn numbered(&self, resource: &str, id: &str, base: Option<&str>) -> Option<Key> {
        let uuid = (id.len() == 36).then(|| id.parse::<Uuid>().ok()).flatten();
        if let Some(source) = &self.source {
            // A UUID is written with and without its type; anything else only with it.
            let id = uuid.map_or_else(|| format!("{resource}/{id}"), |uuid| uuid.to_string());
            return Some(self.hash("source", &[source, &id]));
        }
        if let Some(uuid) = uuid.filter(|uuid| unique(*uuid)) {
            return Some(self.hash("uuid", &[&uuid.to_string()]));
        }
        Some(self.hash("url", &[base?, resource, id]))
    }

    fn weak(&self, name: &Name, patient: Option<Uuid>) -> Key {
        let id = name.id.as_deref().unwrap_or("");
        if let Some(patient) = patient.filter(|_| name.person.is_none()) {
            return match &name.id {
                Some(id) => self.within(patient, &name.resource, id),
                // Laboratories give one number to all results of an order: content tells those apart.
                None => self.hash_bytes("content", &[patient.as_bytes(), name.resource.as_bytes(), &name.content]),
            };
        }
        match (name.identifiers.first(), &name.person) {
            (Some((system, value)), _) => self.hash("number", &[&name.resource, system, value]),
            (None, Some(person)) => {
                let born = person.birth_date.as_deref().unwrap_or("");
                self.hash("person", &[id, born, &person.words.join(" ")])
            }
            (None, None) => self.hash_bytes("content", &[name.resource.as_bytes(), &name.content]),
        }
    }

    fn identified(&self, resource: &str, system: &str, value: &str) -> Key {
        self.hash("identified", &[resource, system, value])
    }

    fn hash(&self, kind: &str, parts: &[&str]) -> Key {
        let parts: Vec<&[u8]> = parts.iter().map(|part| part.as_bytes()).collect();
        self.hash_bytes(kind, &parts)
    }

    fn hash_bytes(&self, kind: &str, parts: &[&[u8]]) -> Key {
        let all: Vec<&[u8]> = std::iter::once(kind.as_bytes()).chain(parts.iter().copied()).collect();
        self.vault.fingerprint("import.identity", &all)
    }
}

/// Whether a UUID was made to be unique. Counters that only look like one (`0000-…-0001`) are not.
fn unique(uuid: Uuid) -> bool {
    uuid.get_variant() == Variant::RFC4122 && (1..=8).contains(&uuid.get_version_num())
}
