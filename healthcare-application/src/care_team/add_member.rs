//! Takes somebody into a patient's care team, or refers the patient to them.

use chrono::{DateTime, Utc};
use healthcare_domain::{
    care_team::{Care, CareTeam, CareTeamError, Member, Membership},
    id::{CareTeamId, PatientId},
    text::Remark,
};

use crate::{
    App, CommandError,
    access::{Call, Permission},
    store::Committed,
    transact::{Target, transact},
};

/// Take somebody into a care team.
#[derive(Debug, Clone)]
pub struct AddMember {
    /// Whose.
    pub patient: PatientId,
    /// Who: an account, or the staff of a ward.
    pub member: Member,
    /// As one of the team, or because the patient is referred to them.
    pub membership: Membership,
    /// Until when; until they are let go if absent.
    pub until: Option<DateTime<Utc>>,
    /// Why.
    pub reason: Option<Remark>,
}

/// Gives somebody an active care relationship with the patient. Only who has one can, and nobody by it comes closer than
/// they stand, or brings their own ward closer; a break-glass grant is none. What is refused for that is recorded.
///
/// # Errors
/// When the caller may not, it is by their own act, there is no such patient, they belong to it already, it would end at once, or the record
/// cannot be reached.
#[tracing::instrument(skip_all, fields(patient.id = %cmd.patient))]
pub async fn add_member(app: &App, call: &Call, cmd: AddMember) -> Result<Committed, CommandError<CareTeamError>> {
    let now = app.clock.now();
    let permit = app.authorise(call, Permission::ManageCareTeam, Some(cmd.patient)).await?;
    app.ensure_cares(call, &permit).await?;
    app.ensure_patient(cmd.patient).await?;
    let act = app.act_for(call, &permit, &cmd.member).await?;
    let care = Care { membership: cmd.membership, from: now, until: cmd.until };
    let target = Target::of(CareTeamId::of(cmd.patient), cmd.patient, now);
    let decide = |team: &CareTeam| team.add((cmd.member.clone(), act), care, cmd.reason.clone(), now);
    let added = transact(app, &permit, call, target, decide).await;
    if matches!(added, Err(CommandError::Refused(CareTeamError::Oneself))) {
        app.record_denial(call, permit.permission(), permit.patient(), "oneself").await?;
    }
    added
}
