//! `POST /cds-services/{id}/feedback`.

use actix_web::{HttpResponse, post, web::Data};
use chrono::{DateTime, Utc};
use healthcare_infrastructure::cds_hooks::{CdsHooks, Feedback, Malformed, Unknown};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{body::FromClient, problem};
use crate::{http::read_json, problem::Problem};

/// The most cards of one request.
const MOST: usize = 1_000;

/// What clinicians did with cards. What it does not know is let be.
#[derive(Deserialize, ToSchema)]
pub struct CdsFeedback {
    /// One a card.
    #[schema(min_items = 1, max_items = 1000)]
    feedback: Vec<CardFeedback>,
}

/// What became of a card.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CardFeedback {
    /// The `uuid` of the card.
    card: Uuid,
    /// What was done.
    outcome: CardOutcome,
    /// Which suggestions were taken; with `accepted`.
    accepted_suggestions: Option<Vec<AcceptedSuggestion>>,
    /// Why the card was not followed; with `overridden`.
    override_reason: Option<CardOverride>,
    /// When.
    outcome_timestamp: DateTime<Utc>,
}

/// What was done with a card.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum CardOutcome {
    /// At least one suggestion was taken.
    Accepted,
    /// None was.
    Overridden,
}

/// A suggestion that was taken.
#[derive(Deserialize, ToSchema)]
pub struct AcceptedSuggestion {
    /// Its `uuid`.
    id: Uuid,
}

/// Why a card was not followed.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CardOverride {
    /// One of the card's `overrideReasons`.
    reason: Option<ReasonCode>,
    /// In the clinician's words. It is not kept: it may be about a patient.
    #[schema(max_length = 4000)]
    user_comment: Option<String>,
}

/// A code.
#[derive(Deserialize, ToSchema)]
pub struct ReasonCode {
    /// The code.
    #[schema(min_length = 1, max_length = 255)]
    code: String,
    /// Its system.
    #[schema(max_length = 255)]
    system: Option<String>,
}

/// Takes in what clinicians did with the cards of a service; it is kept with the rule and version of the card (CDS Hooks
/// 2.0, Feedback).
/// The same again changes nothing; of two answers to one card the later counts.
#[utoipa::path(tag = "cds-hooks", security(("cds_client" = [])), request_body = CdsFeedback,
    params(("id" = String, Path, description = "the service, as the discovery lists it")), responses(
    (status = 200, description = "taken in"),
    (status = 400, description = "it is not what CDS Hooks defines, and where", body = Problem, content_type = "application/problem+json"),
    (status = 401, description = "the client is not known by its token", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "there is no such service, or it gave this client no such card", body = Problem, content_type = "application/problem+json"),
    (status = 408, description = "the body did not come in time", body = Problem, content_type = "application/problem+json"),
    (status = 429, description = "too many requests", body = Problem, content_type = "application/problem+json"),
    (status = 503, description = "the record cannot be reached: nothing was kept", body = Problem, content_type = "application/problem+json"),
))]
#[post("/cds-services/{id}/feedback")]
pub async fn give_cds_feedback(hooks: Data<CdsHooks>, from: FromClient) -> Result<HttpResponse, Problem> {
    let FromClient { hook, client, call: _, body } = from;
    // What is another shape is 400 here, as the standard has it.
    let CdsFeedback { feedback } = read_json(&body).map_err(|problem| Problem { status: 400, ..problem })?;
    if !(1..=MOST).contains(&feedback.len()) {
        return Err(problem::malformed(Malformed::at("/feedback", format!("1 to {MOST} cards"))));
    }
    let all = feedback.into_iter().enumerate().map(|(n, one)| of_card(n, one)).collect::<Result<Vec<_>, _>>();
    let all = all.map_err(problem::malformed)?;
    let unknown = |pointer: String, what: &str| {
        Problem::new(
            actix_web::http::StatusCode::NOT_FOUND,
            "/problems/cds-hooks/unknown-card",
            "There is no such card",
        )
        .at(pointer, what)
    };
    match hooks.feedback(&client, hook, &all).await? {
        None => Ok(HttpResponse::Ok().finish()),
        Some(Unknown::Card(nth)) => {
            Err(unknown(format!("/feedback/{nth}/card"), "this service gave this client no such card, or long ago"))
        }
        Some(Unknown::Suggestion(nth, other)) => {
            let pointer = format!("/feedback/{nth}/acceptedSuggestions/{other}/id");
            Err(unknown(pointer, "the card has no such suggestion"))
        }
    }
}

fn of_card(n: usize, one: CardFeedback) -> Result<Feedback, Malformed> {
    let CardFeedback { card, outcome, accepted_suggestions, override_reason, outcome_timestamp } = one;
    let accepted = outcome == CardOutcome::Accepted;
    let suggestions: Vec<Uuid> = accepted_suggestions.unwrap_or_default().into_iter().map(|one| one.id).collect();
    if accepted == suggestions.is_empty() {
        let reason = if accepted { "which were taken" } else { "none was taken where the card was overridden" };
        return Err(Malformed::at(format!("/feedback/{n}/acceptedSuggestions"), reason));
    }
    let at = format!("/feedback/{n}/overrideReason");
    if accepted && override_reason.is_some() {
        return Err(Malformed::at(at, "the card was accepted"));
    }
    let CardOverride { reason, user_comment } =
        override_reason.unwrap_or(CardOverride { reason: None, user_comment: None });
    if user_comment.as_ref().is_some_and(|comment| comment.chars().count() > 4_000) {
        return Err(Malformed::at(format!("{at}/userComment"), "at most 4,000 characters"));
    }
    // PostgreSQL keeps no NUL in text.
    let fits = |text: &str| text.len() <= 255 && !text.chars().any(char::is_control);
    let reason = reason.map(|ReasonCode { code, system }| (system.unwrap_or_default(), code));
    if reason.as_ref().is_some_and(|(system, code)| code.is_empty() || !fits(code) || !fits(system)) {
        return Err(Malformed::at(format!("{at}/reason"), "a code of 1 to 255 characters"));
    }
    // A moment that no database knows is none.
    if !(2000..2200).contains(&chrono::Datelike::year(&outcome_timestamp)) {
        return Err(Malformed::at(format!("/feedback/{n}/outcomeTimestamp"), "a moment of our time"));
    }
    let commented = user_comment.is_some_and(|comment| !comment.trim().is_empty());
    Ok(Feedback { card, accepted, suggestions, reason, commented, at: outcome_timestamp })
}
