//! Moves a patient along their pathway.

use healthcare_domain::{
    id::PatientId,
    patient::{PathwayStage, Patient, PatientError},
};

use crate::{
    App, CommandError,
    access::{Call, Permission},
    store::Committed,
    transact::{Target, transact},
};

/// Note that a patient reached the next stage.
#[derive(Debug, Clone, Copy)]
pub struct AdvancePathway {
    /// Who.
    pub patient: PatientId,
    /// The stage reached.
    pub stage: PathwayStage,
}

/// Advances a patient to the next stage of the pathway.
///
/// # Errors
/// When the caller may not, the stage is not the next one, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(patient.id = %cmd.patient))]
pub async fn advance_pathway(
    app: &App,
    call: &Call,
    cmd: AdvancePathway,
) -> Result<Committed, CommandError<PatientError>> {
    let now = app.clock.now();
    let permit = app.authorise(call, Permission::AdvancePathway, Some(cmd.patient)).await?;
    let target = Target::of(cmd.patient, cmd.patient, now);
    transact(app, &permit, call, target, |patient: &Patient| patient.advance_pathway(cmd.stage, now)).await
}
