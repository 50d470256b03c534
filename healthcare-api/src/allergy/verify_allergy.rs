//! `POST /allergies/{id}/verify`.

use actix_web::{
    HttpResponse, post,
    web::{Data, Path},
};
use healthcare_application::{App, allergy};
use healthcare_domain::{allergy::Verification, id::AllergyId, text::Remark};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use crate::{
    http::{Changed, Command},
    problem::Problem,
};

/// How sure it is.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct VerifyAllergy {
    /// How sure.
    verification: Verification,
    /// Why, where what was confirmed or refuted is so no longer.
    reason: Option<Remark>,
}

/// Decides how sure it is; one that is ruled out speaks against no order. What was confirmed or refuted changes with a reason.
#[utoipa::path(tag = "allergies", request_body(content = VerifyAllergy, example = json!({ "verification": "refuted", "reason": "a challenge was tolerated" })), params(
    ("id" = AllergyId, Path, description = "the allergy"),
    ("Idempotency-Key" = Option<String>, Header, description = "makes a repeat answer as the first did"),
    ("If-Match" = Option<String>, Header, description = "the version that was seen, if it matters"),
), responses((status = 200, description = "decided", body = Changed, headers(("ETag" = String)))))]
#[post("/allergies/{id}/verify")]
pub async fn verify_allergy(
    app: Data<App>,
    id: Path<AllergyId>,
    command: Command<VerifyAllergy>,
) -> Result<HttpResponse, Problem> {
    let Command { call, body: VerifyAllergy { verification, reason } } = command;
    let cmd = allergy::VerifyAllergy { allergy: *id, verification, reason };
    Ok(Changed::done(allergy::verify_allergy(&app, &call, cmd).await?))
}
