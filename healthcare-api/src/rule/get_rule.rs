//! `GET /rules/{id}`, its versions, and what two of them say differently.

use actix_web::{
    HttpResponse, get,
    http::header,
    web::{Data, Path},
};
use healthcare_application::{
    App,
    rule::{self, RuleDiff, RuleView, VersionHistory, VersionView},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{
    http::{Caller, Query},
    problem::Problem,
};

/// Which versions to compare.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Compared {
    /// The version it is compared with; the one that counts (in force, else in the shadow) if left out.
    #[param(minimum = 0)]
    from: Option<u32>,
    /// The version that is compared; the latest if left out.
    #[param(minimum = 0)]
    to: Option<u32>,
}

/// The versions of a rule.
#[derive(Debug, Serialize, ToSchema)]
pub struct RuleVersions {
    /// The latest first.
    items: Vec<VersionHistory>,
}

fn etag(version: i32) -> (header::HeaderName, String) {
    (header::ETAG, format!("\"{version}\""))
}

/// A rule: the document of the version that counts (evidence, condition, messages and the cases that prove it), which
/// version is in force where, what is in the shadow, what is planned and what waits for a second person.
#[utoipa::path(tag = "rules", params(("id" = String, Path, description = "the name of the rule")), responses(
    (status = 200, description = "the rule", body = RuleView, headers(("ETag" = String))),
    (status = 403, description = "the role may not", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "no such rule", body = Problem, content_type = "application/problem+json"),
))]
#[get("/rules/{id}")]
pub async fn get_rule(app: Data<App>, caller: Caller, id: Path<String>) -> Result<HttpResponse, Problem> {
    let rule = rule::get_rule(&app, &caller.0, &id).await?;
    Ok(HttpResponse::Ok().insert_header(etag(rule.stream_version)).json(rule))
}

/// The versions of a rule, the latest first: who did what, when and why.
#[utoipa::path(tag = "rules", params(("id" = String, Path, description = "the name of the rule")), responses(
    (status = 200, description = "the versions", body = RuleVersions),
    (status = 403, description = "the role may not", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "no such rule", body = Problem, content_type = "application/problem+json"),
))]
#[get("/rules/{id}/versions")]
pub async fn list_versions(app: Data<App>, caller: Caller, id: Path<String>) -> Result<HttpResponse, Problem> {
    Ok(HttpResponse::Ok().json(RuleVersions { items: rule::list_versions(&app, &caller.0, &id).await? }))
}

/// A version of a rule with its document and how its tests went.
#[utoipa::path(tag = "rules", params(
    ("id" = String, Path, description = "the name of the rule"),
    ("number" = u32, Path, description = "the version"),
), responses(
    (status = 200, description = "the version", body = VersionView, headers(("ETag" = String))),
    (status = 403, description = "the role may not", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "no such version", body = Problem, content_type = "application/problem+json"),
))]
#[get("/rules/{id}/versions/{number}")]
pub async fn get_version(app: Data<App>, caller: Caller, of: Path<(String, u32)>) -> Result<HttpResponse, Problem> {
    let version = rule::get_version(&app, &caller.0, (&of.0, of.1)).await?;
    Ok(HttpResponse::Ok().insert_header(etag(version.stream_version)).json(version))
}

/// What two versions of a rule say differently: each place with what stood and what stands there.
#[utoipa::path(tag = "rules", params(("id" = String, Path, description = "the name of the rule"), Compared), responses(
    (status = 200, description = "the differences", body = RuleDiff),
    (status = 403, description = "the role may not", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "no such version", body = Problem, content_type = "application/problem+json"),
))]
#[get("/rules/{id}/diff")]
pub async fn diff_rule(
    app: Data<App>,
    caller: Caller,
    id: Path<String>,
    compared: Query<Compared>,
) -> Result<HttpResponse, Problem> {
    let Compared { from, to } = compared.0;
    Ok(HttpResponse::Ok().json(rule::diff_rule(&app, &caller.0, &id, (from, to)).await?))
}
