//! The port to wards, beds, and who lies where.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use healthcare_domain::{
    encounter::EncounterClass,
    id::{BedId, EncounterId, PatientId, WardId},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    access::{Circle, Permit},
    order::Direction,
    read::{Page, Paging},
    store::StoreError,
};

/// What a bed that is named by its ward and its name is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BedNamed {
    /// A bed of the house.
    Here(BedId),
    /// The ward has beds, and none of that name.
    Nowhere,
    /// The house has no such ward in its configuration, or no beds in it.
    NotConfigured,
}

/// Where a bed stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum BedState {
    /// It can be given to somebody.
    Free,
    /// Somebody lies in it.
    Occupied,
    /// It is to be cleaned.
    Cleaning,
    /// It is kept from patients.
    Blocked,
}

impl BedState {
    /// The name it is stored under.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Free => "free",
            Self::Occupied => "occupied",
            Self::Cleaning => "cleaning",
            Self::Blocked => "blocked",
        }
    }
}

/// Which page of a list that is sorted by name: of wards by theirs, of beds by ward, room and name.
#[derive(Debug, Clone, Default)]
pub struct NamePaging {
    /// Behind this place; from the start if absent.
    pub after: Option<String>,
    /// At most this many, 1 to 200.
    pub limit: u16,
    /// From A to Z, or from Z to A.
    pub direction: Direction,
}

/// Which beds to list; all that is given must match.
#[derive(Debug, Clone, Default)]
pub struct BedFilter {
    /// Of this ward.
    pub ward: Option<WardId>,
    /// In this room.
    pub room: Option<String>,
    /// That stand here.
    pub state: Option<BedState>,
}

/// Which visits to list; all that is given must match.
#[derive(Debug, Clone, Default)]
pub struct EncounterFilter {
    /// Of this patient.
    pub patient: Option<PatientId>,
    /// On this ward now, by its name.
    pub ward: Option<String>,
    /// Of this class now.
    pub class: Option<EncounterClass>,
    /// That stand here, e.g. `in-progress`.
    pub status: Option<String>,
    /// Only those that are planned or under way, or only those that are not.
    pub active: Option<bool>,
    /// That began then or later.
    pub from: Option<DateTime<Utc>>,
    /// That began before.
    pub until: Option<DateTime<Utc>>,
}

/// Wards, beds, and who lies where.
#[async_trait]
pub trait WardModel: Send + Sync {
    /// The open ward of a name.
    async fn ward_named(&self, permit: &Permit, name: &str) -> Result<Option<WardId>, StoreError>;

    /// Whether there can be a ward of a name: one that is open, or any at all where the house has configured none.
    async fn may_be_ward(&self, permit: &Permit, name: &str) -> Result<bool, StoreError>;

    /// The visits that keep the permit's patient in the house as an inpatient, of those of which anything was done here, and the version of
    /// their safety row then.
    async fn inpatient_stays(&self, permit: &Permit, patient: PatientId)
    -> Result<(Vec<EncounterId>, i64), StoreError>;

    /// The ward of the house on which a patient lies now: that of their latest visit under way.
    async fn ward_of(&self, permit: &Permit, patient: PatientId) -> Result<Option<WardId>, StoreError>;

    /// The bed of a name in the ward of a name.
    async fn bed_named(&self, permit: &Permit, ward: &str, bed: &str) -> Result<BedNamed, StoreError>;

    /// Wards by name, each with how many of its beds are free, occupied, to be cleaned, blocked.
    async fn wards(&self, permit: &Permit, active: Option<bool>, page: &NamePaging) -> Result<Page, StoreError>;

    /// Beds in order; who lies in one is told of the circle's patients.
    async fn beds(
        &self,
        permit: &Permit,
        circle: Option<&Circle>,
        filter: &BedFilter,
        page: &NamePaging,
    ) -> Result<Page, StoreError>;

    /// Visits of the circle's patients.
    async fn encounters(
        &self,
        permit: &Permit,
        circle: &Circle,
        filter: &EncounterFilter,
        page: &Paging,
    ) -> Result<Page, StoreError>;
}
