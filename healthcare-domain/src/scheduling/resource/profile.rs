//! What a resource is.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::super::zone::Zone;
use crate::{
    code::CodeableConcept,
    id::{AccountId, DeviceId, PractitionerId},
};

/// What a resource is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ResourceKind {
    /// Somebody who sees patients.
    Practitioner,
    /// A room.
    Room,
    /// A device.
    Device,
}

impl ResourceKind {
    /// The name it is stored under.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Practitioner => "practitioner",
            Self::Room => "room",
            Self::Device => "device",
        }
    }
}

/// What is known of a resource.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ResourceProfile {
    /// What it is.
    pub kind: ResourceKind,
    /// What people call it.
    pub name: String,
    /// The zone whose clock its hours are written in.
    pub time_zone: Zone,
    /// The account of a practitioner of the house.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<AccountId>,
    /// The practitioner as the record knows them, e.g. from an import.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub practitioner: Option<PractitionerId>,
    /// The device as the record knows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<DeviceId>,
    /// What it is for, e.g. in SNOMED CT.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub service_types: Vec<CodeableConcept>,
}
