//! `POST /scores/{name}`.

use actix_web::{
    HttpResponse,
    http::StatusCode,
    post,
    web::{Data, Path},
};
use healthcare_application::{App, score};
use healthcare_dss::score::calculator::Computed;
use serde::Deserialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;
use validator::{Validate, ValidationErrors};

use crate::{http::Command, problem::Problem};

/// The inputs of the calculator by their names, as `GET /scores` lists them.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(value_type = Object)]
pub struct ScoreInputs(Map<String, Value>);

impl Validate for ScoreInputs {
    // What each takes is the calculator's to say.
    fn validate(&self) -> Result<(), ValidationErrors> {
        Ok(())
    }
}

/// Computes a score or formula without storing anything. A complete score of points answers `total`, `band` and `parts`, a
/// formula `value` and `unit`; where something is missing, `missing` names it, and what is known of a sum is `partial`.
#[utoipa::path(tag = "scores", params(("name" = String, Path, description = "the calculator, of those that `GET /scores` lists", example = "cha2ds2-vasc")),
    request_body(content = ScoreInputs), responses(
    (status = 200, description = "what came of it", body = Computed),
    (status = 403, description = "the role may not", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "there is no such calculator", body = Problem, content_type = "application/problem+json"),
    (status = 422, description = "a value is not what its input takes", body = Problem, content_type = "application/problem+json"),
))]
#[post("/scores/{name}")]
pub async fn compute_score(
    app: Data<App>,
    name: Path<String>,
    command: Command<ScoreInputs>,
) -> Result<HttpResponse, Problem> {
    let Command { call, body } = command;
    let computed = score::compute_score(&app, &call, &name, &body.0).await?;
    computed.map(|computed| HttpResponse::Ok().json(computed)).map_err(|refused| {
        let title = "A value is outside of what can be charted";
        Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "/problems/score/out-of-range", title)
            .at(refused.pointer, refused.reason)
    })
}
