//! `PUT /wards/{id}`.

use actix_web::{
    HttpResponse, put,
    web::{Data, Path},
};
use healthcare_application::{App, ward};
use healthcare_domain::id::WardId;

use super::open_ward::DescribeWard;
use crate::{
    http::{Changed, Command},
    problem::Problem,
};

/// Revises what a ward is and asks for; its name stays.
#[utoipa::path(tag = "wards", request_body(content = DescribeWard, example = json!({
    "name": "West", "demands": { "summary": true }, "cleans_beds": false
})), params(
    ("id" = WardId, Path, description = "the ward"),
    ("If-Match" = String, Header, description = "the version that was seen"),
    ("Idempotency-Key" = Option<String>, Header, description = "makes a repeat answer as the first did"),
), responses(
    (status = 200, description = "revised", body = Changed, headers(("ETag" = String))),
    (status = 428, description = "If-Match is missing", body = Problem, content_type = "application/problem+json"),
))]
#[put("/wards/{id}")]
pub async fn revise_ward(
    app: Data<App>,
    id: Path<WardId>,
    command: Command<DescribeWard>,
) -> Result<HttpResponse, Problem> {
    Ok(Changed::done(ward::revise_ward(&app, &command.call, *id, command.body.into()).await?))
}
