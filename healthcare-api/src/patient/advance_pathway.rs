//! `POST /patients/{id}/pathway`.

use actix_web::{
    HttpResponse, post,
    web::{Data, Path},
};
use healthcare_application::{App, patient};
use healthcare_domain::{id::PatientId, patient::PathwayStage};
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
    /// The next stage of the pathway.
    stage: PathwayStage,
}

/// Moves a patient to the next stage of their pathway.
#[utoipa::path(tag = "patients", request_body = AdvancePathway, params(("id" = PatientId, Path, description = "the patient")), responses(
    (status = 200, description = "moved", body = Changed, headers(("ETag" = String))),
    (status = 404, description = "no such patient", body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "another stage comes next", body = Problem, content_type = "application/problem+json"),
))]
#[post("/patients/{id}/pathway")]
pub async fn advance_pathway(
    app: Data<App>,
    id: Path<PatientId>,
    command: Command<AdvancePathway>,
) -> Result<HttpResponse, Problem> {
    let Command { call, body: AdvancePathway { stage } } = command;
    let committed = patient::advance_pathway(&app, &call, patient::AdvancePathway { patient: *id, stage }).await?;
    Ok(Changed::done(committed))
}
