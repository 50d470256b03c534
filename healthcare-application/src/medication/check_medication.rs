//! Judges an order without signing it.

use healthcare_domain::{
    id::{MedicationOrderId, PatientId},
    medication::{MedicationOrderError, Prescription},
};
use healthcare_dss::{Finding, Judgement};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::prescribe_medication::judge_draft;
use crate::{
    App, CommandError,
    access::{Call, Permission},
    decision::{keep, lacks},
};

/// What decision support says to a draft.
#[derive(Debug, Serialize, ToSchema)]
pub struct Checked {
    /// The entry of the justification log.
    pub evaluation: Uuid,
    /// The findings, the gravest first.
    pub findings: Vec<Finding>,
    /// The rules that could not be told for lack of data.
    pub lacking: Vec<Judgement>,
}

/// Judges a draft as signing it would. No order is stored; the judgement is kept as every one is.
///
/// # Errors
/// When the caller may not, there is no such patient, the draft names nothing, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(patient.id = %patient))]
pub async fn check_medication(
    app: &App,
    call: &Call,
    patient: PatientId,
    prescription: Prescription,
) -> Result<Checked, CommandError<MedicationOrderError>> {
    let permit = app.authorise(call, Permission::PrescribeMedication, Some(patient)).await?;
    prescription.ensure_possible().map_err(CommandError::Refused)?;
    let order = MedicationOrderId(app.clock.new_id());
    let judged = judge_draft(app, &permit, patient, order, (&prescription, &[])).await?;
    let checked = Checked {
        evaluation: judged.record.id,
        findings: judged.evaluation.findings().into_iter().cloned().collect(),
        lacking: lacks(&judged.evaluation),
    };
    keep(app, &permit, call, judged.record).await?;
    Ok(checked)
}
