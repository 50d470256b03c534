//! Lays a patient's record down, takes it up again, and marks what never should have been registered.

use healthcare_domain::{
    id::{IdentityId, PatientId},
    identity::Identity,
    patient::{Bound, Patient, PatientError},
    text::Remark,
};

use crate::{
    App, CommandError, StoreError,
    access::{Call, Permission, Permit},
    read::{EntryFilter, Paging},
    store::Committed,
    transact::{Target, transact},
    view::Kind,
};

/// How often it is looked whether a visit is open, when one begins at the very moment.
const LOOKS: usize = 3;

/// Change whether a patient's record is in use.
#[derive(Debug, Clone)]
pub struct ChangeStanding {
    /// Who.
    pub patient: PatientId,
    /// Why.
    pub reason: Remark,
}

/// Lays a record down: nothing new begins until it is taken up again.
///
/// # Errors
/// When the caller may not, a visit is open, the record is not active, or it cannot be reached.
#[tracing::instrument(skip_all, fields(patient.id = %cmd.patient))]
pub async fn deactivate_patient(
    app: &App,
    call: &Call,
    cmd: ChangeStanding,
) -> Result<Committed, CommandError<PatientError>> {
    let now = app.clock.now();
    let permit = app.authorise(call, Permission::RegisterPatient, Some(cmd.patient)).await?;
    let mut looked = 0;
    loop {
        looked += 1;
        let in_care = is_in_care(app, &permit, cmd.patient).await?;
        let target = Target::of(cmd.patient, cmd.patient, now);
        let decide = |patient: &Patient| patient.deactivate(cmd.reason.clone(), in_care, now);
        match transact(app, &permit, call, target, decide).await {
            // A visit began between the look and the word: look again.
            Err(CommandError::Store(StoreError::Conflict)) if looked < LOOKS => {}
            other => return other,
        }
    }
}

/// Takes a record up again that was laid down.
///
/// # Errors
/// When the caller may not, the record is not inactive, or it cannot be reached.
#[tracing::instrument(skip_all, fields(patient.id = %cmd.patient))]
pub async fn reactivate_patient(
    app: &App,
    call: &Call,
    cmd: ChangeStanding,
) -> Result<Committed, CommandError<PatientError>> {
    let now = app.clock.now();
    let permit = app.authorise(call, Permission::RegisterPatient, Some(cmd.patient)).await?;
    let target = Target::of(cmd.patient, cmd.patient, now);
    let decide = |patient: &Patient| patient.reactivate(cmd.reason.clone(), now);
    transact(app, &permit, call, target, decide).await
}

/// Marks a registration that never should have been. It stays readable, nothing is added, and the numbers it carried are
/// free again.
///
/// # Errors
/// When the caller may not, a visit is open, others were merged into it, it is marked already, or the record cannot be
/// reached.
#[tracing::instrument(skip_all, fields(patient.id = %cmd.patient))]
pub async fn enter_patient_in_error(
    app: &App,
    call: &Call,
    cmd: ChangeStanding,
) -> Result<Committed, CommandError<PatientError>> {
    let now = app.clock.now();
    let permit = app.authorise(call, Permission::RegisterPatient, Some(cmd.patient)).await?;
    let mut looked = 0;
    loop {
        looked += 1;
        let bound = if is_in_care(app, &permit, cmd.patient).await? {
            Bound::ByVisit
        } else if holds_others(app, &permit, cmd.patient).await? {
            Bound::ByMerge
        } else {
            Bound::ByNothing
        };
        let target = Target::of(cmd.patient, cmd.patient, now);
        let decide = |patient: &Patient| patient.enter_in_error(cmd.reason.clone(), bound, now);
        match transact(app, &permit, call, target, decide).await {
            Err(CommandError::Store(StoreError::Conflict)) if looked < LOOKS => {}
            other => return other,
        }
    }
}

/// Whether a visit of theirs is open.
async fn is_in_care(app: &App, permit: &Permit, patient: PatientId) -> Result<bool, StoreError> {
    let filter = EntryFilter { active: Some(true), ..EntryFilter::of(Kind::Encounter) };
    let open = app.read.entries(permit, patient, &filter, &Paging { limit: 1, ..Paging::default() }).await?;
    Ok(!open.items.is_empty())
}

/// Whether other registrations were merged into theirs, and are still.
async fn holds_others(app: &App, permit: &Permit, patient: PatientId) -> Result<bool, StoreError> {
    let known = app.load::<Identity>(IdentityId::of(patient)).await?.open(permit).await?;
    Ok(!known.state.holds.is_empty())
}
