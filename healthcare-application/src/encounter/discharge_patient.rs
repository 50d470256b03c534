//! Ends a visit or stay.

use chrono::{DateTime, Utc};
use healthcare_domain::{
    encounter::{Demands, DischargeSummary, Disposition, Encounter},
    id::EncounterId,
    ward::Ward,
};

use super::placing::{VisitError, store_visit};
use crate::{
    App,
    access::{Call, Permission, Permit},
    store::{Committed, StoreError},
    transact::Target,
};

/// Discharge a patient.
#[derive(Debug, Clone)]
pub struct DischargePatient {
    /// From which visit.
    pub encounter: EncounterId,
    /// Where to.
    pub disposition: Disposition,
    /// What happened, for whoever goes on caring.
    pub summary: Option<DischargeSummary>,
    /// When; now if not said.
    pub at: Option<DateTime<Utc>>,
}

/// Discharges a patient from an encounter that is still open. Their bed is given up.
///
/// # Errors
/// When the caller may not, the encounter is not open or began later, what its ward asks for is not there, nobody has seen
/// them or they are on leave, the time cannot be, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(encounter.id = %cmd.encounter))]
pub async fn discharge_patient(app: &App, call: &Call, cmd: DischargePatient) -> Result<Committed, VisitError> {
    let now = app.clock.now();
    let (at, by) = (cmd.at.unwrap_or(now), call.actor.account);
    let sealed = app.load::<Encounter>(cmd.encounter).await?;
    let permit = app.authorise(call, Permission::DischargePatient, sealed.patient()).await?;
    let loaded = sealed.open(&permit).await?;
    let demands = demands(app, &permit, &loaded.state).await?;
    let target = Target { id: cmd.encounter, patient: loaded.patient, occurred_at: at, touches_safety: false };
    let decide = |visit: &Encounter| {
        visit.discharge_live((cmd.disposition, cmd.summary.clone().map(|one| (one, by))), demands, (at, now))
    };
    store_visit(app, call, &permit, (target, loaded), decide).await
}

/// What the ward that the patient is on asks for.
async fn demands(app: &App, permit: &Permit, visit: &Encounter) -> Result<Demands, StoreError> {
    let Some(name) = visit.visit().and_then(|visit| visit.admission.ward.as_deref()) else {
        return Ok(Demands::default());
    };
    let Some(ward) = app.read.ward_named(permit, name).await? else { return Ok(Demands::default()) };
    let ward = app.load::<Ward>(ward).await?.open(permit).await?;
    Ok(ward.state.ensure_open().map(|ward| ward.profile.demands).unwrap_or_default())
}
