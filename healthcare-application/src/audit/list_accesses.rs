//! Who read my record.

use chrono::{DateTime, Utc};
use healthcare_domain::id::PatientId;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{AuditFilter, AuditPaging, Fields, LogPage, Outcome};
use crate::{
    App, QueryError, Role,
    access::{Call, Denied, Permission},
};

/// One use of a patient's record, as the patient is told of it: who and what for, not from which address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct RecordAccess {
    /// When.
    pub at: DateTime<Utc>,
    /// The account; nil for the system itself.
    pub actor: Uuid,
    /// What the person behind it is called now; none for the patient and for programs, and to the patient none of whom the
    /// house knows by a name to sign in with alone.
    #[schema(example = "Dr. Ada Placeholt")]
    pub actor_name: Option<String>,
    /// Its role then.
    #[schema(example = "nurse")]
    pub role: String,
    /// What for, as HL7 v3 PurposeOfUse.
    #[schema(example = "TREAT")]
    pub purpose: String,
    /// What was done.
    #[schema(example = "read_chart")]
    pub action: String,
    /// The class of data.
    pub fields: Fields,
    /// What came of it.
    pub outcome: Outcome,
    /// The request, to ask about.
    pub request: Uuid,
}

/// Which uses of a record; all that is given must match.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AccessFilter {
    /// By this account.
    pub actor: Option<Uuid>,
    /// Of this kind.
    pub action: Option<String>,
    /// With this outcome.
    pub outcome: Option<Outcome>,
    /// From this time on.
    pub from: Option<DateTime<Utc>>,
    /// Before this time.
    pub to: Option<DateTime<Utc>>,
}

/// A page of them, newest first.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AccessPage {
    /// The uses of the record.
    pub items: Vec<RecordAccess>,
    /// Where the next page begins; absent on the last.
    pub next_cursor: Option<String>,
}

/// The uses of a patient's record, for the patient's own account and for who watches over privacy.
///
/// # Errors
/// When the caller may not, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(patient.id = %patient))]
pub async fn list_accesses(
    app: &App,
    call: &Call,
    patient: PatientId,
    filter: AccessFilter,
    paging: &AuditPaging,
) -> Result<AccessPage, QueryError> {
    let actor = &call.actor;
    let permit = if actor.patient.is_some() {
        app.authorise(call, Permission::ReadChart, Some(patient)).await?
    } else {
        let permit = app.authorise(call, Permission::ReadAudit, None).await?;
        if actor.role != Role::PrivacyOfficer {
            return Err(Denied::Role(Permission::ReadAudit).into());
        }
        permit.recorded_of([patient]).await?;
        permit
    };
    let AccessFilter { actor, action, outcome, from, to } = filter;
    let filter = AuditFilter { actor, patient: Some(patient), subject: None, action, outcome, from, to };
    let LogPage { items, next_cursor } = app.audit.search(&permit, &filter, paging).await?;
    let items = items.into_iter().map(|logged| {
        let entry = logged.entry;
        RecordAccess {
            at: entry.at,
            actor: entry.actor,
            actor_name: logged.actor_name,
            role: entry.role.into_owned(),
            purpose: entry.purpose.into_owned(),
            action: entry.action.into_owned(),
            fields: entry.fields,
            outcome: entry.outcome,
            request: entry.request,
        }
    });
    Ok(AccessPage { items: items.collect(), next_cursor })
}
