//! Vaccines given, and deliberately not given.

use chrono::{DateTime, Utc};
use healthcare_domain::{
    entry::{EntryError, Immunization},
    id::{ImmunizationId, PatientId},
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

/// Records that a vaccine was given, or for which reason it was not.
///
/// # Errors
/// When the caller may not, there is no such patient, the visit is another patient's, it cannot be true, or the record
/// cannot be reached.
#[tracing::instrument(skip_all, fields(patient.id = %patient))]
pub async fn record_immunization(
    app: &App,
    call: &Call,
    patient: PatientId,
    immunization: Immunization,
) -> Result<Committed, CommandError<EntryError>> {
    write(app, call, Permission::RecordImmunization, patient, immunization).await
}

/// Amends an immunisation: `change` makes what is to be known from what is known.
///
/// # Errors
/// When the caller may not, it was struck out, the version is stale, the change does not fit or cannot be true, the visit
/// is another patient's, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(immunization.id = %id))]
pub async fn amend_immunization<M>(
    app: &App,
    call: &Call,
    id: ImmunizationId,
    change: impl FnOnce(&Immunization) -> Result<Immunization, M> + Send,
) -> Result<Committed, AmendError<EntryError, M>> {
    amend_written(app, call, Permission::RecordImmunization, id, change).await
}

/// Strikes out an immunisation that was not this patient's.
///
/// # Errors
/// When the caller may not, it is struck already, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(immunization.id = %id))]
pub async fn enter_immunization_in_error(
    app: &App,
    call: &Call,
    id: ImmunizationId,
    reason: Remark,
) -> Result<Committed, CommandError<EntryError>> {
    strike_written::<Immunization>(app, call, Permission::RecordImmunization, id, reason).await
}

/// An immunisation.
///
/// # Errors
/// When the caller may not, there is none, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(immunization.id = %id))]
pub async fn get_immunization(
    app: &App,
    call: &Call,
    id: ImmunizationId,
    as_of: Option<DateTime<Utc>>,
) -> Result<Row, QueryError> {
    get_entry(app, call, Permission::ReadChart, (Kind::Immunization, id.0), as_of).await
}

impl Writing for Immunization {
    fn encounter(&self) -> Option<healthcare_domain::id::EncounterId> {
        self.encounter
    }
    fn happened_at(&self) -> Option<chrono::DateTime<chrono::Utc>> {
        self.given_at
    }
}
