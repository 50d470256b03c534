//! `POST /allergies/{id}/entered-in-error`.

use actix_web::{
    HttpResponse, post,
    web::{Data, Path},
};
use healthcare_application::{App, allergy};
use healthcare_domain::id::AllergyId;

use crate::{
    http::{Because, Changed, Command},
    problem::Problem,
};

/// Strikes out an allergy that was never true. It is then in no list.
#[utoipa::path(tag = "allergies", request_body = Because, params(
    ("id" = AllergyId, Path, description = "the allergy"),
    ("Idempotency-Key" = Option<String>, Header, description = "makes a repeat answer as the first did"),
), responses(
    (status = 200, description = "done", body = Changed, headers(("ETag" = String))),
    (status = 403, description = "the role may not", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "no such allergy", body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "it is no longer active", body = Problem, content_type = "application/problem+json"),
))]
#[post("/allergies/{id}/entered-in-error")]
pub async fn enter_allergy_in_error(
    app: Data<App>,
    id: Path<AllergyId>,
    command: Command<Because>,
) -> Result<HttpResponse, Problem> {
    let Command { call, body: Because { reason } } = command;
    let committed =
        allergy::enter_allergy_in_error(&app, &call, allergy::EnterAllergyInError { allergy: *id, reason }).await?;
    Ok(Changed::done(committed))
}
