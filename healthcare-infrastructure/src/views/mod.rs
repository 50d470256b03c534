//! The read models as they are queried.

mod alerts;
mod chart;
mod devices;
mod entries;
pub(crate) mod excerpt;
mod identity;
mod inbox;
mod notes;
pub(crate) mod order;
mod patients;
mod plans;
mod rules;
mod safety;
mod scheduling;
mod select;
mod vitals;
mod wards;

pub mod entity;

pub use identity::CANDIDATES;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use healthcare_application::{
    Actor, Permit, StoreError,
    access::{Circle, Sealed},
    alert::AlertFilter,
    live::NotificationFilter,
    order::Direction,
    read::{EntryFilter, Page, Paging, PatientSearch, ReadModel, SafetyFacts, TimelineFilter},
    telemetry::{Known, VitalsQuery, VitalsSeries},
    view::{Kind, Row},
};
use healthcare_domain::id::{AlertId, DeviceId, PatientId};
use uuid::Uuid;

use crate::{audit::answered, database::Database, live::outbox};

/// Queries over a pool of the application's role.
#[derive(Clone)]
pub struct PgReadModel {
    pub(crate) db: Database,
}

impl PgReadModel {
    /// Queries over this pool's guarded connections.
    pub fn new(db: Database) -> Self {
        Self { db: db.guarded() }
    }

    /// Queries over the pool's connections as they are, for a server that takes one session only: what a query may see
    /// is said in its transaction all the same, but one that forgets to say it is not caught.
    pub fn unguarded(db: Database) -> Self {
        Self { db }
    }
}

#[async_trait]
impl ReadModel for PgReadModel {
    async fn entry(&self, kind: Kind, id: Uuid) -> Result<Option<Sealed<Row>>, StoreError> {
        entries::one(&self.db, kind, id).await
    }

    async fn entries(
        &self,
        permit: &Permit,
        patient: PatientId,
        filter: &EntryFilter,
        page: &Paging,
    ) -> Result<Page, StoreError> {
        answered(permit, entries::list(&self.db, permit, patient, filter, page)).await
    }

    async fn timeline(
        &self,
        permit: &Permit,
        patient: PatientId,
        filter: &TimelineFilter,
        page: &Paging,
    ) -> Result<Vec<Row>, StoreError> {
        answered(permit, entries::timeline(&self.db, permit, patient, filter, page)).await
    }

    async fn accounts(&self, permit: &Permit, filter: &EntryFilter, page: &Paging) -> Result<Page, StoreError> {
        answered(permit, entries::of_nobody(&self.db, permit, filter, page)).await
    }

    async fn patients(&self, permit: &Permit, search: &PatientSearch) -> Result<Page, StoreError> {
        answered(permit, patients::search(&self.db, search)).await
    }

    async fn chart(&self, permit: &Permit, patient: PatientId) -> Result<Vec<Row>, StoreError> {
        answered(permit, chart::rows(&self.db, permit, patient)).await
    }

    async fn vitals(&self, permit: &Permit, query: &VitalsQuery) -> Result<VitalsSeries, StoreError> {
        answered(permit, vitals::series(&self.db, permit, query)).await
    }

    async fn vitals_known(
        &self,
        permit: &Permit,
        query: &VitalsQuery,
        known: &Known,
    ) -> Result<VitalsSeries, StoreError> {
        answered(permit, vitals::series_known(&self.db, permit, query, known)).await
    }

    async fn devices_of(&self, permit: &Permit, patient: PatientId) -> Result<Vec<DeviceId>, StoreError> {
        answered(permit, vitals::devices_of(&self.db, permit, patient)).await
    }

    async fn latest_readings(
        &self,
        permit: &Permit,
        patient: PatientId,
        known: &Known,
    ) -> Result<Vec<Row>, StoreError> {
        answered(permit, chart::readings(&self.db, permit, patient, known)).await
    }

    async fn readings_kept_since(&self) -> Result<DateTime<Utc>, StoreError> {
        vitals::kept_since(&self.db).await
    }

    async fn safety(&self, permit: &Permit, patient: PatientId) -> Result<SafetyFacts, StoreError> {
        answered(permit, safety::facts(&self.db, permit, patient)).await
    }

    async fn open_alert(&self, permit: &Permit, patient: PatientId, rule: &str) -> Result<Option<AlertId>, StoreError> {
        alerts::open(&self.db, permit, patient, rule).await
    }

    async fn alerts(
        &self,
        permit: &Permit,
        circle: &Circle,
        filter: &AlertFilter,
        page: &Paging,
    ) -> Result<Page, StoreError> {
        alerts::list(&self.db, permit, circle, filter, page).await
    }

    async fn notifications(
        &self,
        permit: &Permit,
        circle: &Circle,
        to: &Actor,
        filter: &NotificationFilter,
        behind: (Option<i64>, Direction),
        limit: u16,
    ) -> Result<Page, StoreError> {
        answered(permit, outbox::page(&self.db, permit, circle, to, filter, behind, limit)).await
    }
}
