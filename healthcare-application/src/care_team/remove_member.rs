//! Lets somebody go from a patient's care team.

use healthcare_domain::{
    care_team::{CareTeam, CareTeamError, Member},
    id::{CareTeamId, PatientId},
};

use crate::{
    App, CommandError,
    access::{Call, Permission, Permit},
    store::{Committed, StoreError},
    transact::{Target, transact},
};

/// Let somebody go from a care team.
#[derive(Debug, Clone)]
pub struct RemoveMember {
    /// Whose.
    pub patient: PatientId,
    /// Who.
    pub member: Member,
}

/// Ends the care relationship that somebody has through the care team, at once.
///
/// # Errors
/// When the caller may not, they do not belong to it, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(patient.id = %cmd.patient))]
pub async fn remove_member(
    app: &App,
    call: &Call,
    cmd: RemoveMember,
) -> Result<Committed, CommandError<CareTeamError>> {
    let now = app.clock.now();
    let permit = app.authorise(call, Permission::ManageCareTeam, Some(cmd.patient)).await?;
    let team = team_of(app, &permit, &cmd).await?;
    let target = Target::of(CareTeamId::of(team), team, now);
    transact(app, &permit, call, target, |team: &CareTeam| team.remove(&cmd.member, now)).await
}

/// Whose team they belong to: the patient's, or that of a registration that was merged into it.
async fn team_of(app: &App, permit: &Permit, cmd: &RemoveMember) -> Result<PatientId, StoreError> {
    for identity in app.care.identities(cmd.patient).await? {
        let team = app.load::<CareTeam>(CareTeamId::of(identity)).await?.open(permit).await?;
        if team.state.members.get(&cmd.member).is_some_and(|care| care.until.is_none()) {
            return Ok(identity);
        }
    }
    Ok(cmd.patient)
}
