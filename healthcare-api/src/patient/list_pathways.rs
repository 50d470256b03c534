//! `GET /pathways`.

use actix_web::{HttpResponse, get, web::Data};
use healthcare_application::{App, patient};
use healthcare_domain::patient::PathwayCatalogue;
use serde_json::json;

use crate::{http::Caller, problem::Problem};

/// The care pathways of the house, with their stages in order.
#[utoipa::path(tag = "patients", responses(
    (status = 200, description = "the pathways", body = PathwayCatalogue),
    (status = 403, description = "the role may not", body = Problem, content_type = "application/problem+json"),
))]
#[get("/pathways")]
pub async fn list_pathways(app: Data<App>, caller: Caller) -> Result<HttpResponse, Problem> {
    let pathways = patient::list_pathways(&app, &caller.0).await?;
    Ok(HttpResponse::Ok().json(json!({ "pathways": pathways })))
}
