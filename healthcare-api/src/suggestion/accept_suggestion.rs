//! `POST /suggestions/{id}/accept`.

use actix_web::{
    HttpResponse, post,
    web::{Data, Path},
};
use healthcare_application::{App, suggestion};
use healthcare_domain::id::SuggestionId;

use crate::{
    http::{Changed, Command, Nothing},
    problem::Problem,
};

/// Takes a suggestion up. What it proposes is then done by a command of its own.
#[utoipa::path(tag = "suggestions", request_body = Nothing, params(("id" = SuggestionId, Path, description = "the suggestion")), responses(
    (status = 200, description = "taken up", body = Changed, headers(("ETag" = String))),
    (status = 403, description = "the role may not", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "no such suggestion", body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "it is no longer open", body = Problem, content_type = "application/problem+json"),
))]
#[post("/suggestions/{id}/accept")]
pub async fn accept_suggestion(
    app: Data<App>,
    id: Path<SuggestionId>,
    command: Command<Nothing>,
) -> Result<HttpResponse, Problem> {
    let Command { call, body: Nothing {} } = command;
    let cmd = suggestion::AcceptSuggestion { suggestion: *id };
    Ok(Changed::done(suggestion::accept_suggestion(&app, &call, cmd).await?))
}
