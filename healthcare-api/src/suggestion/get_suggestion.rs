//! `GET /suggestions/{id}`.

use actix_web::{
    HttpResponse, get,
    web::{Data, Path},
};
use healthcare_application::{App, suggestion, view::View};
use healthcare_domain::{id::SuggestionId, suggestion::SuggestionContent};

use crate::{
    http::{AsOf, Caller, Entity, Query},
    problem::Problem,
};

/// A suggestion.
#[utoipa::path(tag = "suggestions", params(("id" = SuggestionId, Path, description = "the suggestion"), AsOf), responses(
    (status = 200, description = "the suggestion", body = View<SuggestionContent>, headers(("ETag" = String))),
    (status = 403, description = "the role may not", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "no such suggestion", body = Problem, content_type = "application/problem+json"),
))]
#[get("/suggestions/{id}")]
pub async fn get_suggestion(
    app: Data<App>,
    caller: Caller,
    id: Path<SuggestionId>,
    day: Query<AsOf>,
) -> Result<HttpResponse, Problem> {
    Ok(Entity::answer(suggestion::get_suggestion(&app, &caller.0, *id, day.0.as_of).await?))
}
