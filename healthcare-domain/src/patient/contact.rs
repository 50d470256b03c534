//! How a person is reached, where they live, and whom to call for them.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{AdministrativeGender, HumanName};
use crate::{code::CodeableConcept, partial_date::PartialDate};

/// From when to when something holds, as precisely as known. Both ends are included.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Period {
    /// Its first day, month or year.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start: Option<PartialDate>,
    /// Its last day, month or year; open if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<PartialDate>,
}

impl Period {
    /// Whether it ends before it begins.
    pub fn is_backwards(&self) -> bool {
        matches!((self.start, self.end), (Some(start), Some(end)) if end.last_day() < start.first_day())
    }

    /// Whether it says nothing.
    pub fn is_empty(&self) -> bool {
        self.start.is_none() && self.end.is_none()
    }
}

/// A telephone number or an e-mail address.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ContactPoint {
    /// `phone`, `email`, `sms`, `fax`, `url`, `other`.
    #[schema(example = "phone")]
    pub system: String,
    /// The number or address.
    #[schema(example = "+41 44 555 01 23")]
    pub value: String,
    /// `home`, `work`, `mobile`, `temp`, `old`.
    #[serde(default, rename = "use", skip_serializing_if = "Option::is_none")]
    pub usage: Option<String>,
    /// In which order to try them, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, example = 1)]
    pub rank: Option<u32>,
    /// From when to when it is in use.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub period: Option<Period>,
}

impl ContactPoint {
    /// Whether somebody can be called on it.
    pub fn is_telephone(&self) -> bool {
        matches!(self.system.as_str(), "phone" | "sms" | "fax" | "pager")
    }
}

/// A postal address.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Address {
    /// `home`, `work`, `temp`, `old`, `billing`.
    #[serde(default, rename = "use", skip_serializing_if = "Option::is_none")]
    pub usage: Option<String>,
    /// Street and house, a line each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lines: Vec<String>,
    /// Town.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub city: Option<String>,
    /// State or region.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// Postal code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub postal_code: Option<String>,
    /// Country.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    /// From when to when they live there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub period: Option<Period>,
}

impl Address {
    /// Whether it names no place.
    pub fn is_blank(&self) -> bool {
        let Self { usage: _, lines, city, state, postal_code, country, period: _ } = self;
        let mut parts = lines.iter().chain(city).chain(state).chain(postal_code).chain(country);
        parts.all(|part| part.trim().is_empty())
    }
}

/// Somebody to call for the patient: next of kin, guardian, employer (FHIR Patient.contact).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ContactPerson {
    /// What they are to the patient: HL7 v2-0131 (`N` next of kin, `C` emergency contact) or v3 RoleCode (`MTH` mother).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub relationships: Vec<CodeableConcept>,
    /// Their name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<HumanName>,
    /// How to reach them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub telecom: Vec<ContactPoint>,
    /// Where they live.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<Address>,
    /// Administrative gender.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gender: Option<AdministrativeGender>,
    /// The organisation they are reached through, or that is the contact itself, by name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organization: Option<String>,
    /// From when to when they are to be called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub period: Option<Period>,
}

impl ContactPerson {
    /// Whether there is no way to know who it is or how to reach them (FHIR R4, pat-1).
    pub fn is_nobody(&self) -> bool {
        let named = self.name.as_ref().is_some_and(|name| !name.is_blank());
        let reached = self.telecom.iter().any(|point| !point.value.trim().is_empty());
        let placed = self.address.as_ref().is_some_and(|address| !address.is_blank());
        let through = self.organization.as_deref().is_some_and(|name| !name.trim().is_empty());
        !(named || reached || placed || through)
    }

    /// Every period it holds.
    pub(super) fn periods(&self) -> impl Iterator<Item = &Period> {
        let own = self.period.iter().chain(self.address.iter().filter_map(|address| address.period.as_ref()));
        own.chain(self.telecom.iter().filter_map(|point| point.period.as_ref()))
    }
}
