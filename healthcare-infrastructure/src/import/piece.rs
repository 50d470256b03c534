//! One resource on its way in, and the file it shares with others.

use std::{collections::HashMap, sync::Arc};

use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::fhir::{
    Refused,
    datatypes::{Identifier, Reference},
    parse::resource,
    reference::Target,
    resource_types::is_resource_type,
    subject,
};

use super::{person::Person, report::Refusal};

/// A resource as it was found, with what can be told before its content is looked at.
#[derive(Debug, Clone)]
pub struct Piece {
    /// Where it stands, and what stands beside it.
    pub scope: Arc<Scope>,
    /// Its place in the file.
    pub place: String,
    /// What it is called there.
    pub name: Arc<Name>,
    /// The patient it names at its top.
    pub subject: Result<Option<Reference>, Refused>,
    /// Everything it refers to.
    pub mentioned: Vec<Reference>,
    /// Its JSON.
    pub raw: Box<str>,
}

/// What a resource is called at its source.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Name {
    /// The FHIR type.
    pub resource: String,
    /// Its id on its server.
    pub id: Option<String>,
    /// The `fullUrl` of its Bundle entry.
    pub full_url: Option<Target>,
    /// Its business identifiers with a namespace.
    pub identifiers: Vec<(String, String)>,
    /// Who it is, if it is a patient.
    pub person: Option<Person>,
    /// SHA-256 of its JSON, for what has no name at all.
    pub content: [u8; 32],
}

/// Resources that were written together (a Bundle) and call each other by names of their own.
#[derive(Debug, Default)]
pub struct Scope {
    /// The file.
    pub file: Arc<str>,
    /// Names by `fullUrl`, `Type/id` and `Type?identifier`.
    pub names: HashMap<Target, Arc<Name>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Typed {
    resource_type: String,
}

#[derive(Deserialize)]
struct Head {
    id: Option<String>,
}

/// The type of a resource.
///
/// # Errors
/// When it is no FHIR resource.
pub fn type_of(raw: &str) -> Result<String, Refused> {
    let Typed { resource_type } = resource(raw)?;
    if is_resource_type(&resource_type) {
        Ok(resource_type)
    } else {
        Err(Refused::at("resourceType", "not the name of a resource type of FHIR R4"))
    }
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Identified {
    identifier: Vec<Identifier>,
}

impl Name {
    /// What a resource is called: read from its head.
    ///
    /// # Errors
    /// When its id is none.
    pub fn of(resource_type: String, raw: &str, full_url: Option<&str>) -> Result<Self, Refused> {
        let head: Head = resource(raw)?;
        // In some types `identifier` is one object, in others a list; whoever needs it wrong hears of it later.
        let identified: Identified = resource(raw).unwrap_or_default();
        let identifiers = identified.identifier.into_iter().filter_map(|i| {
            let system = i.system.filter(|s| !s.trim().is_empty())?;
            Some((system, i.value.filter(|v| !v.trim().is_empty())?))
        });
        let person = if resource_type == "Patient" { Some(Person::of(raw)) } else { None };
        Ok(Self {
            resource: resource_type,
            id: head.id.filter(|id| !id.is_empty()),
            full_url: full_url.and_then(Target::parse),
            identifiers: identifiers.collect(),
            person,
            content: Sha256::digest(raw).into(),
        })
    }

    /// All the ways in which its neighbours may call it.
    pub fn called(&self) -> Vec<Target> {
        let mut called: Vec<Target> = self.full_url.iter().cloned().collect();
        if let Some(id) = &self.id {
            called.push(Target::Relative { resource: self.resource.clone(), id: id.clone() });
        }
        for (system, value) in &self.identifiers {
            let resource = Some(self.resource.clone());
            called.push(Target::Identified { resource, system: system.clone(), value: value.clone() });
        }
        called
    }
}

impl Piece {
    /// A resource at its place. Its neighbours are made known to it later.
    pub fn new(file: &Arc<str>, place: &str, name: Name, raw: &str) -> Self {
        let content: serde_json::Value = serde_json::from_str(raw).unwrap_or_default();
        Self {
            scope: Arc::new(Scope { file: file.clone(), names: HashMap::new() }),
            place: place.to_owned(),
            name: Arc::new(name),
            subject: subject::named(&content),
            mentioned: subject::mentioned(&content),
            raw: raw.into(),
        }
    }

    /// A refusal of this resource.
    pub fn refusal(&self, refused: &Refused) -> Refusal {
        let within = match (self.place.as_str(), refused.place.as_str()) {
            (place, "") => place.to_owned(),
            ("", within) => within.to_owned(),
            (place, within) => format!("{place}.{within}"),
        };
        Refusal { file: self.scope.file.to_string(), place: within, reason: refused.reason.clone() }
    }
}
