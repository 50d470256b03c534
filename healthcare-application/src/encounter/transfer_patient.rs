//! Moves a patient to another ward or bed.

use chrono::{DateTime, Utc};
use healthcare_domain::{
    encounter::{Encounter, EncounterError},
    id::EncounterId,
};

use crate::{
    App, CommandError,
    access::{Call, Permission},
    entry::{Touches, transact_entry},
    store::Committed,
};

/// Transfer a patient.
#[derive(Debug, Clone)]
pub struct TransferPatient {
    /// In which stay.
    pub encounter: EncounterId,
    /// To which ward.
    pub ward: String,
    /// To which bed, if known.
    pub bed: Option<String>,
    /// When; now if not said.
    pub at: Option<DateTime<Utc>>,
}

/// Transfers a patient: from then on the staff of the new ward care for them, and that of the old one no longer does.
///
/// # Errors
/// When the caller may not, the stay is not open, the time cannot be, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(encounter.id = %cmd.encounter))]
pub async fn transfer_patient(
    app: &App,
    call: &Call,
    cmd: TransferPatient,
) -> Result<Committed, CommandError<EncounterError>> {
    let now = app.clock.now();
    let at = cmd.at.unwrap_or(now);
    let decide = |encounter: &Encounter| encounter.transfer(cmd.ward.clone(), cmd.bed.clone(), at, now);
    transact_entry(app, call, Permission::TransferPatient, cmd.encounter, (at, Touches::Nothing), decide).await
}
