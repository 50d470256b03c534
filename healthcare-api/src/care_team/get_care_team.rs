//! `GET /patients/{id}/care-team`.

use actix_web::{
    HttpResponse, get,
    http::header,
    web::{Data, Path},
};
use healthcare_application::{
    App,
    care_team::{self, CareTeamView},
};
use healthcare_domain::id::PatientId;

use crate::{
    http::{AsOf, Caller, Query},
    problem::Problem,
};

/// Who belongs to a patient's care team. The staff of the patient's ward have a relationship without standing here.
#[utoipa::path(tag = "care-team", params(("id" = PatientId, Path, description = "the patient"), AsOf), responses(
    (status = 200, description = "the care team", body = CareTeamView, headers(("ETag" = String))),
    (status = 403, description = "the role may not, or there is no care relationship", body = Problem, content_type = "application/problem+json"),
))]
#[get("/patients/{id}/care-team")]
pub async fn get_care_team(
    app: Data<App>,
    caller: Caller,
    id: Path<PatientId>,
    day: Query<AsOf>,
) -> Result<HttpResponse, Problem> {
    let team = care_team::get_care_team(&app, &caller.0, *id, day.0.as_of).await?;
    Ok(HttpResponse::Ok().insert_header((header::ETAG, format!("\"{}\"", team.version))).json(team))
}
