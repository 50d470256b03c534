//! `GET /rules/schema`.

use actix_web::{HttpResponse, get, web::Data};
use healthcare_application::{App, rule};

use crate::{http::Caller, problem::Problem};

/// The JSON Schema (draft 2020-12) of a rule document, for editors and for whoever sends rules. What it refuses is
/// refused; the platform refuses more, such as a value set that is not there.
#[utoipa::path(tag = "rules", responses(
    (status = 200, description = "the schema", body = Object, content_type = "application/schema+json"),
    (status = 403, description = "the role may not", body = Problem, content_type = "application/problem+json"),
))]
#[get("/rules/schema")]
pub async fn get_rule_schema(app: Data<App>, caller: Caller) -> Result<HttpResponse, Problem> {
    let schema = rule::get_rule_schema(&app, &caller.0).await?;
    Ok(HttpResponse::Ok().content_type("application/schema+json").json(schema))
}
