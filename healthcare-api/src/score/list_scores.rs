//! `GET /scores`.

use actix_web::{HttpResponse, get, web::Data};
use healthcare_application::{App, Permission};
use healthcare_dss::score::calculator::{self, Card};
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
    app.authorise(&caller.0, Permission::ComputeScore, None).await.map_err(healthcare_application::QueryError::from)?;
    let mut items: Vec<&'static Card> = calculator::cards().collect();
    items.sort_by_key(|card| card.name);
    Ok(HttpResponse::Ok().json(Scores { items }))
}
