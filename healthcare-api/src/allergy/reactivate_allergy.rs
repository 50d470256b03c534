//! `POST /allergies/{id}/reactivate`.

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

/// Puts an allergy back on the active list: it speaks against orders again.
#[utoipa::path(tag = "allergies", request_body(content = Because, example = json!({ "reason": "reacted again" })), params(
    ("id" = AllergyId, Path, description = "the allergy"),
    ("Idempotency-Key" = Option<String>, Header, description = "makes a repeat answer as the first did"),
    ("If-Match" = Option<String>, Header, description = "the version that was seen, if it matters"),
), responses((status = 200, description = "active", body = Changed, headers(("ETag" = String)))))]
#[post("/allergies/{id}/reactivate")]
pub async fn reactivate_allergy(
    app: Data<App>,
    id: Path<AllergyId>,
    command: Command<Because>,
) -> Result<HttpResponse, Problem> {
    let Command { call, body: Because { reason } } = command;
    let cmd = allergy::ReactivateAllergy { allergy: *id, reason };
    Ok(Changed::done(allergy::reactivate_allergy(&app, &call, cmd).await?))
}
