//! Procedures performed on a patient.

use chrono::{DateTime, Utc};
use healthcare_domain::{
    entry::{EntryError, Procedure},
    id::{PatientId, ProcedureId},
    text::Remark,
};

use crate::{
    AmendError, App, CommandError, QueryError,
    access::{Call, Permission},
    entry::get_entry,
    store::Committed,
    view::{Kind, Row},
    written::{Writing, amend_written, strike_written, write},
};

/// Records a procedure.
///
/// # Errors
/// When the caller may not, there is no such patient, the visit is another patient's, it cannot be true, or the record
/// cannot be reached.
#[tracing::instrument(skip_all, fields(patient.id = %patient))]
pub async fn record_procedure(
    app: &App,
    call: &Call,
    patient: PatientId,
    procedure: Procedure,
) -> Result<Committed, CommandError<EntryError>> {
    write(app, call, Permission::RecordProcedure, patient, procedure).await
}

/// Amends a procedure: `change` makes what is to be known from what is known.
///
/// # Errors
/// When the caller may not, it was struck out, the version is stale, the change does not fit or cannot be true, the visit
/// is another patient's, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(procedure.id = %id))]
pub async fn amend_procedure<M>(
    app: &App,
    call: &Call,
    id: ProcedureId,
    change: impl FnOnce(&Procedure) -> Result<Procedure, M> + Send,
) -> Result<Committed, AmendError<EntryError, M>> {
    amend_written(app, call, Permission::RecordProcedure, id, change).await
}

/// Strikes out a procedure that was not performed on this patient.
///
/// # Errors
/// When the caller may not, it is struck already, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(procedure.id = %id))]
pub async fn enter_procedure_in_error(
    app: &App,
    call: &Call,
    id: ProcedureId,
    reason: Remark,
) -> Result<Committed, CommandError<EntryError>> {
    strike_written::<Procedure>(app, call, Permission::RecordProcedure, id, reason).await
}

/// A procedure.
///
/// # Errors
/// When the caller may not, there is none, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(procedure.id = %id))]
pub async fn get_procedure(
    app: &App,
    call: &Call,
    id: ProcedureId,
    as_of: Option<DateTime<Utc>>,
) -> Result<Row, QueryError> {
    get_entry(app, call, Permission::ReadChart, (Kind::Procedure, id.0), as_of).await
}

impl Writing for Procedure {
    fn encounter(&self) -> Option<healthcare_domain::id::EncounterId> {
        self.encounter
    }
    fn happened_at(&self) -> Option<chrono::DateTime<chrono::Utc>> {
        self.started_at.or(self.ended_at)
    }
}
