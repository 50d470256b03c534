//! Reads a break-glass grant.

use chrono::{DateTime, Utc};
use healthcare_domain::{
    break_glass::{BreakGlass, EmergencyPurpose, Grant, ReviewOutcome},
    id::{AccountId, BreakGlassId, PatientId},
    text::Remark,
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    App, QueryError,
    access::{Call, Permission},
    transact::Loaded,
};

/// A grant as it stands.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct GrantView {
    /// Its identity.
    id: BreakGlassId,
    /// Its version, as in `ETag`.
    version: i32,
    /// Whose record was opened.
    patient: PatientId,
    /// To whom.
    account: AccountId,
    /// Why, in their words.
    reason: Remark,
    /// For what.
    purpose: EmergencyPurpose,
    /// From when.
    opened_at: DateTime<Utc>,
    /// Until when, if it is not given back before.
    until: DateTime<Utc>,
    /// When it was given back.
    closed_at: Option<DateTime<Utc>>,
    /// Who reviewed it.
    reviewed_by: Option<AccountId>,
    /// When.
    reviewed_at: Option<DateTime<Utc>>,
    /// What was made of it.
    outcome: Option<ReviewOutcome>,
}

impl GrantView {
    /// Its version, as in `ETag`.
    pub fn version(&self) -> i32 {
        self.version
    }

    fn of(id: BreakGlassId, loaded: Loaded<BreakGlass>) -> Option<Self> {
        let (grant, closed_at, review) = match loaded.state {
            BreakGlass::Unopened => return None,
            BreakGlass::Opened { grant, closed } => (grant, closed, None),
            BreakGlass::Reviewed { grant, closed, outcome, by, at } => (grant, closed, Some((outcome, by, at))),
        };
        let Grant { patient, by, reason, purpose, at, until } = *grant;
        Some(Self {
            id,
            version: loaded.version,
            // A merge leaves the grant as it was given; whoever holds the record now is told.
            patient: loaded.holder.unwrap_or(patient),
            account: by,
            reason,
            purpose,
            opened_at: at,
            until,
            closed_at,
            reviewed_by: review.map(|(_, by, _)| by),
            reviewed_at: review.map(|(_, _, at)| at),
            outcome: review.map(|(outcome, ..)| outcome),
        })
    }
}

/// A grant, for whose it is and for who reviews. Who asks for somebody else's is on record as denied.
///
/// # Errors
/// When the caller may not, there is none or it is somebody else's, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(grant.id = %id))]
pub async fn get_grant(app: &App, call: &Call, id: BreakGlassId) -> Result<GrantView, QueryError> {
    let reviews = call.actor.may(Permission::ReviewBreakGlass);
    let permission = if reviews { Permission::ReviewBreakGlass } else { Permission::BreakGlass };
    let sealed = app.load::<BreakGlass>(id).await?;
    let patient = sealed.patient();
    let permit = app.authorise(call, permission, patient).await?;
    let grant = GrantView::of(id, sealed.open(&permit).await?).ok_or(QueryError::NotFound)?;
    if !reviews && grant.account != call.actor.account {
        // Who asks for another's is told of none, and the trail of who asked.
        app.record_denial(call, permission, patient, "not-yours").await?;
        return Err(QueryError::NotFound);
    }
    permit.recorded().await?;
    Ok(grant)
}
