//! Ends a visit or stay.

use chrono::{DateTime, Utc};
use healthcare_domain::{
    encounter::{Disposition, Encounter, EncounterError},
    id::EncounterId,
};

use crate::{
    App, CommandError,
    access::{Call, Permission},
    entry::{Touches, transact_entry},
    store::Committed,
};

/// Discharge a patient.
#[derive(Debug, Clone, Copy)]
pub struct DischargePatient {
    /// From which visit.
    pub encounter: EncounterId,
    /// Where to.
    pub disposition: Disposition,
    /// When; now if not said.
    pub at: Option<DateTime<Utc>>,
}

/// Discharges a patient from an encounter that is still open.
///
/// # Errors
/// When the caller may not, the encounter is not open or began later, the time lies in the future, or the record
/// cannot be reached.
#[tracing::instrument(skip_all, fields(encounter.id = %cmd.encounter))]
pub async fn discharge_patient(
    app: &App,
    call: &Call,
    cmd: DischargePatient,
) -> Result<Committed, CommandError<EncounterError>> {
    let now = app.clock.now();
    let at = cmd.at.unwrap_or(now);
    let decide = |encounter: &Encounter| encounter.discharge_live(cmd.disposition, at, now);
    transact_entry(app, call, Permission::DischargePatient, cmd.encounter, (at, Touches::Nothing), decide).await
}
