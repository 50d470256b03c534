//! The port to devices as they are listed.

use async_trait::async_trait;
use healthcare_domain::id::PatientId;

use crate::{access::Permit, read::Paging, store::StoreError, view::Row};

/// Which devices to list; all that is given must match.
#[derive(Debug, Clone, Default)]
pub struct DeviceFilter {
    /// With this serial number, as it was registered.
    pub serial: Option<String>,
    /// On this patient.
    pub patient: Option<PatientId>,
    /// Only those that are on nobody, or only those that are on somebody.
    pub free: Option<bool>,
}

/// A device, and who holds the record of whom it is on.
#[derive(Debug, Clone)]
pub struct ListedDevice {
    /// The device.
    pub row: Row,
    /// Whom it is on; none where it is free.
    pub worn_by: Option<PatientId>,
}

/// Devices as they are listed.
#[async_trait]
pub trait DeviceModel: Send + Sync {
    /// Devices by when they were last put on or taken off, one more than the page takes if there are so many. Of `patient`
    /// only the permit's is asked for.
    async fn devices(
        &self,
        permit: &Permit,
        filter: &DeviceFilter,
        paging: &Paging,
    ) -> Result<Vec<ListedDevice>, StoreError>;
}
