//! `GET /scores`.

use actix_web::{HttpResponse, get, web::Data};
use healthcare_application::{App, score};
use healthcare_dss::score::calculator::Card;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{http::Caller, problem::Problem};

/// The calculators.
#[derive(Serialize, ToSchema)]
pub struct Scores {
    /// All of them, by name.
    #[schema(value_type = Vec<Card>)]
    items: Vec<&'static Card>,
}

/// The scores and formulas that are computed here, each with its inputs, their units and ranges, its version and source.
#[utoipa::path(tag = "scores", responses(
    (status = 200, description = "all of them", body = Scores),
    (status = 403, description = "the role may not", body = Problem, content_type = "application/problem+json"),
))]
#[get("/scores")]
pub async fn list_scores(app: Data<App>, caller: Caller) -> Result<HttpResponse, Problem> {
    let items = score::list_scores(&app, &caller.0).await?;
    Ok(HttpResponse::Ok().json(Scores { items }))
}
