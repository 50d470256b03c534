//! Lets somebody go from a patient's care team.

use healthcare_domain::{
    care_team::{CareTeam, CareTeamError, Member},
    id::{CareTeamId, PatientId},
};

use crate::{
    App, CommandError,
    access::{Call, Permission},
    store::Committed,
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
    let target = Target::of(CareTeamId::of(cmd.patient), cmd.patient, now);
    transact(app, &permit, call, target, |team: &CareTeam| team.remove(&cmd.member, now)).await
}
