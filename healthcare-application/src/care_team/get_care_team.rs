//! Who belongs to a patient's care team.

use chrono::{DateTime, Utc};
use healthcare_domain::{
    care_team::{Care, CareTeam, Member},
    id::{CareTeamId, PatientId},
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    App, QueryError,
    access::{Call, Permission},
};

/// A patient's care team.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct CareTeamView {
    /// The version, for `If-Match`; 0 while nobody was taken in.
    pub version: i32,
    /// Who belongs to it.
    pub members: Vec<MemberView>,
}

/// One of a care team.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct MemberView {
    /// Who.
    pub member: Member,
    /// How, and from when to when.
    #[serde(flatten)]
    pub care: Care,
}

/// The care team of a patient. Who is on the patient's ward, or admitted them, has a relationship without standing here.
/// With `as_of`, as it was known then, of all registrations that are one person today.
///
/// # Errors
/// When the caller may not, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(patient.id = %patient))]
pub async fn get_care_team(
    app: &App,
    call: &Call,
    patient: PatientId,
    as_of: Option<DateTime<Utc>>,
) -> Result<CareTeamView, QueryError> {
    let permit = app.authorise(call, Permission::ReadChart, Some(patient)).await?;
    let team = app.load_as_of::<CareTeam>(CareTeamId::of(patient), as_of).await?.open(&permit).await?;
    let mut members = team.state.members;
    // Who cares for a registration that was merged into this one cares for the patient.
    for identity in app.care.identities(patient).await? {
        if identity != patient {
            let theirs = app.load_as_of::<CareTeam>(CareTeamId::of(identity), as_of).await?.open(&permit).await?;
            for (member, care) in theirs.state.members {
                members.entry(member).or_insert(care);
            }
        }
    }
    let members = members.into_iter().map(|(member, care)| MemberView { member, care }).collect();
    Ok(CareTeamView { version: team.version, members })
}
