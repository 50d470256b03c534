//! Who takes part in a visit.

use healthcare_domain::{
    care_team::Member,
    encounter::{Encounter, ParticipantRole},
    id::{AccountId, EncounterId},
};

use super::placing::{VisitError, decide_visit};
use crate::{
    App, CommandError,
    access::{Call, Permission},
    store::Committed,
    view::Kind,
};

/// Lets somebody take part in a visit: from then on they care for the patient, until they are let go or the visit ends.
/// Who names themselves comes no closer by it.
///
/// # Errors
/// When the caller may not, only a break-glass grant opens the record to them, there is no such account, they take part in that role, the visit is not open, or the record
/// cannot be reached.
#[tracing::instrument(skip_all, fields(encounter.id = %id))]
pub async fn add_participant(
    app: &App,
    call: &Call,
    id: EncounterId,
    (account, role): (AccountId, ParticipantRole),
) -> Result<Committed, VisitError> {
    let now = app.clock.now();
    // Who may is asked before what is there is told.
    let patient = app.load::<Encounter>(id).await?.patient();
    let permit = app.authorise(call, Permission::ManageCareTeam, patient).await?;
    app.ensure_cares(call, &permit).await?;
    if app.read.entry(Kind::Account, account.0).await?.is_none() {
        return Err(CommandError::Foreign("/account").into());
    }
    let act = app.act_for(call, &permit, &Member::Account(account)).await?;
    let decide = |visit: &Encounter| visit.join(account, (role, act), now);
    decide_visit(app, call, Permission::ManageCareTeam, (id, now), decide).await
}

/// Lets somebody go from a visit.
///
/// # Errors
/// When the caller may not, they do not take part in that role, the visit is not open, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(encounter.id = %id))]
pub async fn remove_participant(
    app: &App,
    call: &Call,
    id: EncounterId,
    (account, role): (AccountId, ParticipantRole),
) -> Result<Committed, VisitError> {
    let now = app.clock.now();
    let decide = |visit: &Encounter| visit.part(account, role, now);
    decide_visit(app, call, Permission::ManageCareTeam, (id, now), decide).await
}
