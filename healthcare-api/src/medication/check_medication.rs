//! `POST /patients/{id}/medication-orders/check`.

use actix_web::{
    HttpResponse, post,
    web::{Data, Path},
};
use healthcare_application::{
    App,
    medication::{self, Checked},
};
use healthcare_domain::id::PatientId;

use super::draft::Draft;
use crate::{http::Command, problem::Problem};

/// Says what decision support would say to an order, without ordering it. The judgement itself is kept.
#[utoipa::path(tag = "medication", request_body = Draft, params(("id" = PatientId, Path, description = "the patient")), responses(
    (status = 200, description = "the findings, the gravest first", body = Checked),
    (status = 403, description = "the role may not", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "no such patient", body = Problem, content_type = "application/problem+json"),
    (status = 422, description = "the body has another shape", body = Problem, content_type = "application/problem+json"),
))]
#[post("/patients/{id}/medication-orders/check")]
pub async fn check_medication(
    app: Data<App>,
    id: Path<PatientId>,
    command: Command<Draft>,
) -> Result<HttpResponse, Problem> {
    let Command { call, body } = command;
    let draft = body.written(&call.actor, app.clock.now());
    Ok(HttpResponse::Ok().json(medication::check_medication(&app, &call, *id, draft).await?))
}
