//! `POST /patients/duplicates/dismiss`.

use actix_web::{HttpResponse, post, web::Data};
use healthcare_application::{App, identity};
use healthcare_domain::{id::PatientId, text::Remark};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use crate::{
    http::{Changed, Command},
    problem::Problem,
};

/// A pair that is not one person.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "patients": ["0190d3b0-0000-7000-8000-000000000001", "0190d3b0-0000-7000-8000-000000000002"],
    "reason": "twins; both were here today" }))]
pub struct DismissDuplicate {
    /// The two.
    #[schema(min_items = 2, max_items = 2, value_type = Vec<PatientId>)]
    patients: [PatientId; 2],
    /// How it is known that they are two people.
    reason: Remark,
}

/// Takes a pair off the queue: they are two people. It is remembered, and the pair does not come back.
#[utoipa::path(tag = "duplicates", request_body = DismissDuplicate, params(
    ("Idempotency-Key" = Option<String>, Header, description = "makes a repeat answer as the first did"),
), responses(
    (status = 200, description = "noted", body = Changed, headers(("ETag" = String))),
    (status = 401, description = "sign in first", body = Problem, content_type = "application/problem+json"),
    (status = 403, description = "the role may not", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "no such patient", body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "they were merged, or told apart, before", body = Problem, content_type = "application/problem+json"),
    (status = 422, description = "the body has another shape, or it is one patient twice", body = Problem, content_type = "application/problem+json"),
))]
#[post("/patients/duplicates/dismiss")]
pub async fn dismiss_duplicate(app: Data<App>, command: Command<DismissDuplicate>) -> Result<HttpResponse, Problem> {
    let Command { call, body: DismissDuplicate { patients: [one, other], reason } } = command;
    let cmd = identity::DismissDuplicate { patients: (one, other), reason };
    Ok(Changed::done(identity::dismiss_duplicate(&app, &call, cmd).await?))
}
