//! `POST /suggestions/{id}/override`.

use actix_web::{
    HttpResponse, post,
    web::{Data, Path},
};
use healthcare_application::{App, suggestion};
use healthcare_domain::id::SuggestionId;

use crate::{
    http::{Because, Changed, Command},
    problem::Problem,
};

/// Sets a suggestion aside, with a reason. It is not made again on the same facts.
#[utoipa::path(tag = "suggestions", request_body = Because, params(("id" = SuggestionId, Path, description = "the suggestion")), responses(
    (status = 200, description = "set aside", body = Changed, headers(("ETag" = String))),
    (status = 403, description = "the role may not, or the session has no second factor", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "no such suggestion", body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "it is no longer open", body = Problem, content_type = "application/problem+json"),
))]
#[post("/suggestions/{id}/override")]
pub async fn override_suggestion(
    app: Data<App>,
    id: Path<SuggestionId>,
    command: Command<Because>,
) -> Result<HttpResponse, Problem> {
    let Command { call, body: Because { reason } } = command;
    let cmd = suggestion::OverrideSuggestion { suggestion: *id, reason };
    Ok(Changed::done(suggestion::override_suggestion(&app, &call, cmd).await?))
}
