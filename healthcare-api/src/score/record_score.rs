//! `POST /patients/{id}/scores/{name}`, `GET /calculated-scores/{id}`, `POST /calculated-scores/{id}/entered-in-error`.

use actix_web::{
    HttpResponse, get,
    http::StatusCode,
    post,
    web::{Data, Path},
};
use healthcare_application::{
    App,
    score::{self, ScoreRefused},
};
use healthcare_domain::{
    entry::CalculatedScore,
    id::{CalculatedScoreId, EncounterId, PatientId},
};
use serde::Deserialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;
use validator::Validate;

use crate::{
    http::{AsOf, Because, Caller, Changed, Command, Entity, Query},
    problem::{DomainProblem, Problem},
};

/// What a score is computed from.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RecordScore {
    /// The inputs of the calculator by their names, as `GET /scores` lists them. What is given counts, also where the
    /// record says otherwise.
    #[serde(default)]
    #[schema(value_type = Object)]
    inputs: Map<String, Value>,
    /// Whether what is not given is taken from the record, each with the event it comes from.
    #[serde(default = "yes")]
    from_record: bool,
    /// During which visit.
    encounter: Option<EncounterId>,
}

fn yes() -> bool {
    true
}

/// Computes a score for a patient exactly as `POST /scores/{name}` does, and puts it on record with its inputs, version and
/// source. What is not given is taken from the record where it is recent enough: age, sex, newest results and signs, and
/// conditions that are on record; `GET /scores` tells how old each may be. What was derived from adults is not taken from the
/// record of a child. A wrong one is entered in error, and computed anew.
#[utoipa::path(tag = "scores", request_body = RecordScore, params(
    ("id" = PatientId, Path, description = "the patient"),
    ("name" = String, Path, description = "the calculator, of those that `GET /scores` lists", example = "egfr"),
    ("Idempotency-Key" = Option<String>, Header, description = "makes a repeat answer as the first did"),
), responses(
    (status = 201, description = "stored: what came of it, with each input and where it was taken from", body = Changed, headers(("ETag" = String), ("Location" = String))),
    (status = 403, description = "the role may not", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "no such patient, or no such calculator", body = Problem, content_type = "application/problem+json"),
    (status = 422, description = "a value is not what its input takes, nothing is known, or it is a score of adults and would be taken from the record of a child or of somebody of unknown age", body = Problem, content_type = "application/problem+json"),
))]
#[post("/patients/{id}/scores/{name}")]
pub async fn record_score(
    app: Data<App>,
    path: Path<(PatientId, String)>,
    command: Command<RecordScore>,
) -> Result<HttpResponse, Problem> {
    let Command { call, body: RecordScore { inputs: given, from_record, encounter } } = command;
    let (patient, name) = path.into_inner();
    let cmd = score::RecordScore { patient, name, given, from_record, encounter };
    Ok(Changed::created(score::record_score(&app, &call, cmd).await?, "/api/v1/calculated-scores"))
}

/// A score that was put on record.
#[utoipa::path(tag = "scores", params(("id" = CalculatedScoreId, Path, description = "the score"), AsOf), responses(
    (status = 200, description = "what came of it, with each input and where it was taken from", body = CalculatedScore, headers(("ETag" = String))),
    (status = 403, description = "the role may not", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "no such score", body = Problem, content_type = "application/problem+json"),
))]
#[get("/calculated-scores/{id}")]
pub async fn get_recorded_score(
    app: Data<App>,
    caller: Caller,
    id: Path<CalculatedScoreId>,
    day: Query<AsOf>,
) -> Result<HttpResponse, Problem> {
    Ok(Entity::answer(score::get_recorded_score(&app, &caller.0, *id, day.0.as_of).await?))
}

/// Strikes out a score that was computed of something wrong. It stays in the history; compute it anew.
#[utoipa::path(tag = "scores", request_body(content = Because, example = json!({ "reason": "creatinine of another patient" })), params(
    ("id" = CalculatedScoreId, Path, description = "the score"),
    ("Idempotency-Key" = Option<String>, Header, description = "makes a repeat answer as the first did"),
    ("If-Match" = Option<String>, Header, description = "the version that was seen, if it matters"),
), responses(
    (status = 200, description = "struck out", body = Changed, headers(("ETag" = String))),
    (status = 403, description = "the role may not", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "no such score", body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "it is struck already", body = Problem, content_type = "application/problem+json"),
))]
#[post("/calculated-scores/{id}/entered-in-error")]
pub async fn enter_score_in_error(
    app: Data<App>,
    id: Path<CalculatedScoreId>,
    command: Command<Because>,
) -> Result<HttpResponse, Problem> {
    let Command { call, body: Because { reason } } = command;
    Ok(Changed::done(score::enter_score_in_error(&app, &call, *id, reason).await?))
}

impl DomainProblem for ScoreRefused {
    const CONTEXT: &'static str = "score";

    fn kind(&self) -> (StatusCode, &'static str, &'static str) {
        let cannot_be = StatusCode::UNPROCESSABLE_ENTITY;
        match self {
            Self::NoSuchCalculator => (StatusCode::NOT_FOUND, "no-such-calculator", "There is no such calculator"),
            Self::KeptByItself => (cannot_be, "kept-by-itself", "NEWS2 is put on record by itself"),
            Self::Input(_) => (cannot_be, "out-of-range", "A value is outside of what can be charted"),
            Self::AdultsOnly => (cannot_be, "adults-only", "It is a score of adults"),
            Self::AgeUnknown => (cannot_be, "age-unknown", "It is a score of adults, and the age is not known"),
            Self::NothingKnown => (cannot_be, "nothing-known", "There is nothing to compute it from"),
            Self::Entry(error) => error.kind(),
        }
    }

    fn pointer(&self) -> Option<&'static str> {
        match self {
            Self::Input(_) | Self::NothingKnown => Some("/inputs"),
            // Of what is given alone it is computed all the same.
            Self::AdultsOnly | Self::AgeUnknown => Some("/from_record"),
            Self::NoSuchCalculator | Self::KeptByItself => None,
            Self::Entry(error) => error.pointer(),
        }
    }
}
