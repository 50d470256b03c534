//! The port to plans as they are listed, and to what is measured of their goals.

use async_trait::async_trait;
use healthcare_domain::id::PatientId;

use crate::{
    access::Permit,
    read::{Page, Paging},
    store::StoreError,
    view::Row,
};

/// Which plans of a patient to list; all that is given must match.
#[derive(Debug, Clone, Default)]
pub struct PlanFilter {
    /// That stand here, e.g. `active`.
    pub status: Option<String>,
    /// Only those that are followed or rest, or only those that do not.
    pub active: Option<bool>,
}

/// Plans as they are listed.
#[async_trait]
pub trait PlanModel: Send + Sync {
    /// The plans of the permit's patient; those struck out are left out.
    async fn plans(
        &self,
        permit: &Permit,
        patient: PatientId,
        filter: &PlanFilter,
        paging: &Paging,
    ) -> Result<Page, StoreError>;

    /// The newest value of the permit's patient of each of these codes, among vital signs and laboratory results.
    async fn newest(&self, permit: &Permit, patient: PatientId, codes: &[String]) -> Result<Vec<Row>, StoreError>;
}
