//! `POST /suggestions/{id}/accept`.

use std::collections::BTreeSet;

use actix_web::{
    HttpResponse, post,
    web::{Data, Path},
};
use healthcare_application::{App, suggestion};
use healthcare_domain::id::SuggestionId;
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use crate::{
    http::{Changed, Command},
    problem::Problem,
};

/// Which of its proposals are to be done.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AcceptSuggestion {
    /// Their places in the suggestion, from 0; an empty list does none of them. If not given, all of the work is asked
    /// for, and the only drug that it would stop is stopped.
    #[validate(length(max = 50))]
    #[schema(value_type = Option<Vec<u16>>, max_items = 50, example = json!([0]))]
    proposals: Option<BTreeSet<u16>>,
}

/// Takes a suggestion up and does what it proposes, in one transaction. A proposal to stop a drug stops it, which needs
/// the permission to stop drugs. What a person has to do (an assessment, vital signs, a test, a question, a review) becomes
/// an activity of a plan of treatment that begins with it, which needs the permission to make plans: of the role that the
/// rule names (vital signs of nurses), else of whoever accepts, due when the rule says, and shown in their inbox. Who may
/// make no plans is left with the work. The answer's `proposals` tells of each whether it is `done` (with the `entry`, its
/// `version`, and the number of the `activity` of a plan), `by-hand` (and why) or `not-chosen`. If one cannot be done,
/// nothing is changed.
#[utoipa::path(tag = "suggestions", request_body = AcceptSuggestion, params(("id" = SuggestionId, Path, description = "the suggestion")), responses(
    (status = 200, description = "taken up", body = Changed, headers(("ETag" = String))),
    (status = 403, description = "the role may not", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "no such suggestion", body = Problem, content_type = "application/problem+json"),
    (status = 422, description = "no such proposal, or one that no command does", body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "it is no longer open, several proposals stop a drug and none was named, what is proposed cannot be done any more, or the patient's record takes nothing new", body = Problem, content_type = "application/problem+json"),
))]
#[post("/suggestions/{id}/accept")]
pub async fn accept_suggestion(
    app: Data<App>,
    id: Path<SuggestionId>,
    command: Command<AcceptSuggestion>,
) -> Result<HttpResponse, Problem> {
    let Command { call, body: AcceptSuggestion { proposals } } = command;
    let cmd = suggestion::AcceptSuggestion { suggestion: *id, proposals };
    Ok(Changed::done(suggestion::accept_suggestion(&app, &call, cmd).await?))
}
