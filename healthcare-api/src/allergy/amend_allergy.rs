//! `PATCH /allergies/{id}`.

use actix_web::{
    HttpResponse, patch,
    web::{Data, Path},
};
use healthcare_application::{App, allergy};
use healthcare_domain::{allergy::Allergy, id::AllergyId};

use super::add_allergy::AddAllergy;
use crate::{
    http::{Changed, Command, MergePatch},
    problem::Problem,
};

/// Corrects what is known of an allergy, by a merge patch over the fields it was added with. Whatever signs an order
/// meanwhile is judged on what is known after it.
#[utoipa::path(tag = "allergies", request_body(content = MergePatch, content_type = "application/merge-patch+json",
    example = json!({ "criticality": "high", "verification": "confirmed" })), params(
    ("id" = AllergyId, Path, description = "the allergy"),
    ("If-Match" = String, Header, description = "the ETag of the version that was seen"),
    ("Idempotency-Key" = Option<String>, Header, description = "makes a repeat answer as the first did"),
), responses(
    (status = 200, description = "amended", body = Changed, headers(("ETag" = String))),
    (status = 403, description = "the role may not", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "no such allergy", body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "it is no longer active", body = Problem, content_type = "application/problem+json"),
    (status = 412, description = "changed meanwhile", body = Problem, content_type = "application/problem+json"),
    (status = 422, description = "the result has another shape or cannot be true", body = Problem, content_type = "application/problem+json"),
    (status = 428, description = "If-Match is missing", body = Problem, content_type = "application/problem+json"),
))]
#[patch("/allergies/{id}")]
pub async fn amend_allergy(
    app: Data<App>,
    id: Path<AllergyId>,
    command: Command<MergePatch>,
) -> Result<HttpResponse, Problem> {
    let Command { call, body: patch } = command;
    let change = |now: &Allergy| Ok(patch.onto::<AddAllergy>(now, &["identifiers"])?.named(now.identifiers.clone()));
    Ok(Changed::done(allergy::amend_allergy(&app, &call, *id, change).await?))
}
