//! `POST /patients/{id}/pathway`.

use actix_web::{
    HttpResponse, post,
    web::{Data, Path},
};
use healthcare_application::{App, patient};
use healthcare_domain::id::PatientId;
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use crate::{
    http::{Changed, Command},
    problem::Problem,
};

/// The stage that was reached.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AdvancePathway {
    /// The pathway, as `GET /pathways` names it; the house's first if absent.
    #[validate(length(min = 1, max = 50))]
    #[schema(example = "monitoring")]
    pathway: Option<String>,
    /// The next stage of the pathway.
    #[validate(length(min = 1, max = 50))]
    #[schema(example = "enrolled", min_length = 1, max_length = 50)]
    stage: String,
}

/// Moves a patient to the next stage of their pathway.
#[utoipa::path(tag = "patients", request_body = AdvancePathway, params(("id" = PatientId, Path, description = "the patient")), responses(
    (status = 200, description = "moved", body = Changed, headers(("ETag" = String))),
    (status = 404, description = "no such patient", body = Problem, content_type = "application/problem+json"),
    (status = 422, description = "there is no such pathway or stage", body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "another stage comes next, or the patient is no longer in care", body = Problem, content_type = "application/problem+json"),
))]
#[post("/patients/{id}/pathway")]
pub async fn advance_pathway(
    app: Data<App>,
    id: Path<PatientId>,
    command: Command<AdvancePathway>,
) -> Result<HttpResponse, Problem> {
    let Command { call, body: AdvancePathway { pathway, stage } } = command;
    let cmd = patient::AdvancePathway { patient: *id, pathway, stage };
    let committed = patient::advance_pathway(&app, &call, cmd).await?;
    Ok(Changed::done(committed))
}
