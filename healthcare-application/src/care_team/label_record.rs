//! Decides how closely a patient's record is kept.

use healthcare_domain::{
    care_team::{CareTeam, CareTeamError, Confidentiality},
    id::{CareTeamId, PatientId},
    text::Remark,
};

use crate::{
    App, CommandError,
    access::{Call, Permission},
    store::Committed,
    transact::{Target, transact},
};

/// Label a record.
#[derive(Debug, Clone)]
pub struct LabelRecord {
    /// Whose.
    pub patient: PatientId,
    /// How closely it is kept from now on.
    pub label: Confidentiality,
    /// Why.
    pub reason: Remark,
}

/// Labels a record. A privacy officer does, without seeing the record.
///
/// # Errors
/// When the caller may not, there is no such patient, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(patient.id = %cmd.patient))]
pub async fn label_record(app: &App, call: &Call, cmd: LabelRecord) -> Result<Committed, CommandError<CareTeamError>> {
    let permit = app.authorise(call, Permission::LabelRecord, Some(cmd.patient)).await?;
    app.ensure_patient(cmd.patient).await?;
    let target = Target::of(CareTeamId::of(cmd.patient), cmd.patient, app.clock.now());
    transact(app, &permit, call, target, |team: &CareTeam| team.label(cmd.label, cmd.reason.clone())).await
}
