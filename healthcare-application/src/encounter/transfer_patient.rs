//! Moves a patient to another ward, room or bed.

use std::ops::ControlFlow;

use chrono::{DateTime, Utc};
use healthcare_domain::{
    encounter::{Encounter, EncounterError},
    id::EncounterId,
};

use super::placing::{VisitError, WantedPlace, store_visit};
use crate::{
    App, CommandError,
    access::{Call, Permission},
    store::Committed,
    transact::Target,
};

/// Transfer a patient.
#[derive(Debug, Clone)]
pub struct TransferPatient {
    /// In which stay.
    pub encounter: EncounterId,
    /// Where to: a ward, and a bed if known.
    pub place: WantedPlace,
    /// When; now if not said.
    pub at: Option<DateTime<Utc>>,
}

/// Transfers a patient: from then on the staff of the new ward care for them, and that of the old one no longer does. The
/// bed they lay in is to be cleaned; the one they go to is theirs.
///
/// # Errors
/// When the caller may not, the stay is not open, there is no such ward or bed or it is not free, the time cannot be, or the record
/// cannot be reached.
#[tracing::instrument(skip_all, fields(encounter.id = %cmd.encounter))]
pub async fn transfer_patient(app: &App, call: &Call, cmd: TransferPatient) -> Result<Committed, VisitError> {
    let now = app.clock.now();
    let at = cmd.at.unwrap_or(now);
    let sealed = app.load::<Encounter>(cmd.encounter).await?;
    let permit = app.authorise(call, Permission::TransferPatient, sealed.patient()).await?;
    let loaded = sealed.open(&permit).await?;
    let place = match cmd.place.resolve_for(app, call, &permit).await? {
        ControlFlow::Break(answer) => return Ok(answer),
        ControlFlow::Continue(place) => place,
    };
    let place = place.ok_or(CommandError::Refused(EncounterError::BedElsewhere))?;
    let target = Target { id: cmd.encounter, patient: loaded.patient, occurred_at: at, touches_safety: false };
    let decide = |visit: &Encounter| visit.transfer(place.clone(), at, now);
    store_visit(app, call, &permit, (target, loaded), decide).await
}
