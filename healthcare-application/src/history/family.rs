//! What is known of the health of a patient's relatives.

use chrono::{DateTime, Utc};
use healthcare_domain::{
    entry::{EntryError, FamilyHistory},
    id::{EncounterId, FamilyHistoryId, PatientId},
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

/// Records what is known of a relative.
///
/// # Errors
/// When the caller may not, there is no such patient, it cannot be true, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(patient.id = %patient))]
pub async fn record_family_history(
    app: &App,
    call: &Call,
    patient: PatientId,
    history: FamilyHistory,
) -> Result<Committed, CommandError<EntryError>> {
    let recorded_at = history.recorded_at.or_else(|| Some(app.clock.now()));
    write(app, call, Permission::ChartHistory, patient, FamilyHistory { recorded_at, ..history }).await
}

/// Amends what is known of a relative: `change` makes what is to be known from what is known.
///
/// # Errors
/// When the caller may not, it was struck out, the version is stale, the change does not fit or cannot be true, or the
/// record cannot be reached.
#[tracing::instrument(skip_all, fields(family_history.id = %id))]
pub async fn amend_family_history<M>(
    app: &App,
    call: &Call,
    id: FamilyHistoryId,
    change: impl FnOnce(&FamilyHistory) -> Result<FamilyHistory, M> + Send,
) -> Result<Committed, AmendError<EntryError, M>> {
    amend_written(app, call, Permission::ChartHistory, id, change).await
}

/// Strikes out what was told of a relative of somebody else.
///
/// # Errors
/// When the caller may not, it is struck already, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(family_history.id = %id))]
pub async fn enter_family_history_in_error(
    app: &App,
    call: &Call,
    id: FamilyHistoryId,
    reason: Remark,
) -> Result<Committed, CommandError<EntryError>> {
    strike_written::<FamilyHistory>(app, call, Permission::ChartHistory, id, reason).await
}

/// What is known of a relative.
///
/// # Errors
/// When the caller may not, there is nothing, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(family_history.id = %id))]
pub async fn get_family_history(
    app: &App,
    call: &Call,
    id: FamilyHistoryId,
    as_of: Option<DateTime<Utc>>,
) -> Result<Row, QueryError> {
    get_entry(app, call, Permission::ReadChart, (Kind::FamilyHistory, id.0), as_of).await
}

impl Writing for FamilyHistory {
    fn encounter(&self) -> Option<EncounterId> {
        None
    }
    fn happened_at(&self) -> Option<DateTime<Utc>> {
        self.recorded_at
    }
}
