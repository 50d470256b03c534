//! Who a person is, as FHIR's Patient says it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Address, ContactPerson, ContactPoint, Period};
use crate::{code::CodeableConcept, id::EncounterId, partial_date::PartialDate, reference::Identifier};

/// Who a person is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Demographics {
    /// Numbers issued by hospitals and states.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub identifiers: Vec<Identifier>,
    /// Names, the one in use first.
    #[schema(min_items = 1)]
    pub names: Vec<HumanName>,
    /// Administrative gender.
    #[serde(default)]
    pub gender: AdministrativeGender,
    /// Date of birth, as precisely as known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub birth_date: Option<PartialDate>,
    /// Whether and when they died.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deceased: Option<Deceased>,
    /// Telephone and e-mail.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub telecom: Vec<ContactPoint>,
    /// Where they live.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub addresses: Vec<Address>,
    /// Whom to call for them: next of kin, guardians.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub contacts: Vec<ContactPerson>,
    /// Preferred language (BCP 47).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "de-CH")]
    pub language: Option<String>,
    /// Other languages they can be spoken to in (BCP 47).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub other_languages: Vec<String>,
    /// Marital status.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub marital_status: Option<CodeableConcept>,
}

impl Demographics {
    /// The name to show: the first one.
    pub fn display_name(&self) -> String {
        self.names.first().map(HumanName::display).unwrap_or_default()
    }

    /// Whether they carry a number of this system.
    pub fn has_number_of(&self, system: &str) -> bool {
        self.identifiers.iter().any(|identifier| identifier.system == system)
    }

    /// Every period that is held of them.
    pub(super) fn periods(&self) -> impl Iterator<Item = &Period> {
        let names = self.names.iter().filter_map(|name| name.period.as_ref());
        let telecom = self.telecom.iter().filter_map(|point| point.period.as_ref());
        let addresses = self.addresses.iter().filter_map(|address| address.period.as_ref());
        names.chain(telecom).chain(addresses).chain(self.contacts.iter().flat_map(ContactPerson::periods))
    }
}

/// A name of a person.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HumanName {
    /// `official`, `usual`, `maiden`, `nickname`, `old`.
    #[serde(default, rename = "use", skip_serializing_if = "Option::is_none")]
    pub usage: Option<String>,
    /// Family name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "Ferreira")]
    pub family: Option<String>,
    /// Given names in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(example = json!(["Ana", "Luísa"]))]
    pub given: Vec<String>,
    /// Titles before.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub prefix: Vec<String>,
    /// Titles behind.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub suffix: Vec<String>,
    /// From when to when they bore it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub period: Option<Period>,
}

impl HumanName {
    /// Given names and family name in the order they are spoken.
    pub fn display(&self) -> String {
        self.given.iter().chain(self.family.iter()).map(String::as_str).collect::<Vec<_>>().join(" ")
    }

    /// Whether it names nobody.
    pub fn is_blank(&self) -> bool {
        self.display().trim().is_empty()
    }
}

/// FHIR administrative-gender.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum AdministrativeGender {
    /// Male.
    Male,
    /// Female.
    Female,
    /// Another.
    Other,
    /// Not known.
    #[default]
    Unknown,
}

/// That a person died, and when if it is known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Deceased {
    /// When, if known.
    #[serde(default)]
    pub at: Option<DateTime<Utc>>,
    /// The visit that told it by its end, and nothing else did. It is noted by the visit alone: what is registered has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub told_by: Option<EncounterId>,
}

impl Deceased {
    /// A death that is registered.
    pub fn since(at: Option<DateTime<Utc>>) -> Self {
        Self { at, told_by: None }
    }
}
