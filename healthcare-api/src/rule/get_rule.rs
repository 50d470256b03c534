//! `GET /rules/{id}`.

use actix_web::{
    HttpResponse, get,
    web::{Data, Path},
};
use healthcare_application::{App, rule};
use healthcare_dss::rule::RuleDocument;

use crate::{http::Caller, problem::Problem};

/// A rule as it is written: its evidence, condition, messages and the cases that prove it.
#[utoipa::path(tag = "rules", params(("id" = String, Path, description = "the name of the rule")), responses(
    (status = 200, description = "the rule", body = RuleDocument),
    (status = 403, description = "the role may not", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "no such rule", body = Problem, content_type = "application/problem+json"),
))]
#[get("/rules/{id}")]
pub async fn get_rule(app: Data<App>, caller: Caller, id: Path<String>) -> Result<HttpResponse, Problem> {
    Ok(HttpResponse::Ok().json(rule::get_rule(&app, &caller.0, &id).await?))
}
