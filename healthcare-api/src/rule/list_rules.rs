//! `GET /rules`.

use actix_web::{HttpResponse, get, web::Data};
use healthcare_application::{
    App,
    rule::{self, RuleSummary},
};

use serde::Serialize;
use utoipa::ToSchema;

use crate::{http::Caller, problem::Problem};

/// All rules.
#[derive(Serialize, ToSchema)]
pub struct Rules {
    /// By name.
    items: Vec<RuleSummary>,
}

/// The rules in force, by name.
#[utoipa::path(tag = "rules", responses(
    (status = 200, description = "the rules", body = Rules),
    (status = 403, description = "the role may not", body = Problem, content_type = "application/problem+json"),
))]
#[get("/rules")]
pub async fn list_rules(app: Data<App>, caller: Caller) -> Result<HttpResponse, Problem> {
    let items = rule::list_rules(&app, &caller.0).await?;
    Ok(HttpResponse::Ok().json(Rules { items }))
}
