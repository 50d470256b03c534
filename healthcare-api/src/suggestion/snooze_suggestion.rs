//! `POST /suggestions/{id}/snooze`.

use actix_web::{
    HttpResponse, post,
    web::{Data, Path},
};
use chrono::{DateTime, Utc};
use healthcare_application::{App, suggestion};
use healthcare_domain::{id::SuggestionId, text::Remark};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use crate::{
    http::{Changed, Command},
    problem::Problem,
};

/// For how long.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SnoozeSuggestion {
    /// Until when (RFC 3339): to come, and at most 30 days away; 24 hours for a critical one.
    until: DateTime<Utc>,
    /// In the words of whoever does it.
    reason: Option<Remark>,
}

/// Puts a suggestion off. Until then it is not in the chart, the inbox or the list of what is open; it comes back by itself
/// when the time is over, is withdrawn before if it no longer holds, and can be answered at any time.
#[utoipa::path(tag = "suggestions", request_body = SnoozeSuggestion, params(("id" = SuggestionId, Path, description = "the suggestion")), responses(
    (status = 200, description = "put off", body = Changed, headers(("ETag" = String))),
    (status = 403, description = "the role may not", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "no such suggestion", body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "it is no longer open", body = Problem, content_type = "application/problem+json"),
    (status = 422, description = "the time is past, or too far", body = Problem, content_type = "application/problem+json"),
))]
#[post("/suggestions/{id}/snooze")]
pub async fn snooze_suggestion(
    app: Data<App>,
    id: Path<SuggestionId>,
    command: Command<SnoozeSuggestion>,
) -> Result<HttpResponse, Problem> {
    let Command { call, body: SnoozeSuggestion { until, reason } } = command;
    let cmd = suggestion::SnoozeSuggestion { suggestion: *id, until, reason };
    Ok(Changed::done(suggestion::snooze_suggestion(&app, &call, cmd).await?))
}
