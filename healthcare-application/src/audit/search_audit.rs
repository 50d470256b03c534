//! The auditor's search, and what leaves the house of it.

use super::{AuditFilter, AuditPaging, Entry, Fields, LogPage};
use crate::{
    App, QueryError,
    access::{Call, Permission, Permit, Unauthorised},
    store::StoreError,
};

/// Why nothing is exported.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// A second factor is to be shown again first.
    #[error("an export needs a second factor that was shown within the last five minutes")]
    StepUp,
    /// As a search.
    #[error(transparent)]
    Query(#[from] QueryError),
}

/// A page of the trail. That it was looked at is an entry of its own, and one more about the patient it asks for.
///
/// # Errors
/// When the caller may not, or the record cannot be reached.
#[tracing::instrument(skip_all)]
pub async fn search_audit(
    app: &App,
    call: &Call,
    filter: &AuditFilter,
    paging: &AuditPaging,
) -> Result<LogPage, QueryError> {
    let permit = app.authorise(call, Permission::ReadAudit, None).await?;
    permit.recorded_of(filter.patient).await?;
    Ok(app.audit.search(&permit, filter, paging).await?)
}

/// The permit under which pages of the trail are exported, one after the other. The export is recorded as one.
///
/// # Errors
/// When the caller may not or has not stepped up, or the record cannot be reached.
#[tracing::instrument(skip_all)]
pub async fn begin_export(app: &App, call: &Call, filter: &AuditFilter) -> Result<Permit, ExportError> {
    let now = app.clock.now();
    let export = Entry::act(call, "export_audit", Fields::Audit, now).about(filter.patient);
    let stepped_up = call.actor.stepped_up(now).is_ok();
    let permit = match app.authorise(call, Permission::ReadAudit, None).await {
        Ok(permit) => permit,
        Err(Unauthorised::Denied(denied)) => return Err(QueryError::Denied(denied).into()),
        Err(Unauthorised::Merged(survivor)) => return Err(QueryError::Merged(survivor).into()),
        Err(Unauthorised::Store(error)) => return Err(QueryError::Store(error).into()),
    };
    let entry = if stepped_up { export } else { export.denied("step-up") };
    let recorded = app.audit.record(entry).recorded().await;
    recorded.map_err(|unrecorded| QueryError::Store(StoreError::from(unrecorded)))?;
    if stepped_up { Ok(permit) } else { Err(ExportError::StepUp) }
}
