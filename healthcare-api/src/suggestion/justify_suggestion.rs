//! `GET /suggestions/{id}/justification`.

use actix_web::{
    HttpResponse, get,
    web::{Data, Path},
};
use healthcare_application::{
    App,
    decision::{self, Justification},
};
use healthcare_domain::id::SuggestionId;

use crate::{
    http::{AsOf, Caller, Query},
    problem::Problem,
};

/// Why a suggestion was made: the rule with its version and evidence, the values it was judged on with the events they
/// come from, the tree of conditions in words and as data, and what every other rule came to. With `as_of`, to whom it had
/// been shown by then, and what they had done.
#[utoipa::path(tag = "suggestions", params(("id" = SuggestionId, Path, description = "the suggestion"), AsOf), responses(
    (status = 200, description = "the justification", body = Justification),
    (status = 403, description = "the role may not", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "no such suggestion", body = Problem, content_type = "application/problem+json"),
))]
#[get("/suggestions/{id}/justification")]
pub async fn justify_suggestion(
    app: Data<App>,
    caller: Caller,
    id: Path<SuggestionId>,
    day: Query<AsOf>,
) -> Result<HttpResponse, Problem> {
    Ok(HttpResponse::Ok().json(decision::justify_suggestion(&app, &caller.0, *id, day.0.as_of).await?))
}
