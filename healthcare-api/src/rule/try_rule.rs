//! `POST /rules/try`.

use actix_web::{HttpResponse, post, web::Data};
use healthcare_application::{
    App,
    rule::{self, Tried},
};
use healthcare_dss::rule::{Given, RuleDocument};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use super::refusal;
use crate::{http::Command, problem::Problem};

/// A document, and facts to judge it on.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TryRule {
    /// The rule document.
    document: RuleDocument,
    /// Facts in the short form of a rule's own tests; without them only those tests are run.
    inputs: Option<Given>,
}

/// Judges a document on made-up facts and runs its own tests. Nothing is stored.
#[utoipa::path(tag = "rules", request_body = TryRule, responses(
    (status = 200, description = "what came of it", body = Tried),
    (status = 422, description = "the document is no rule that can be judged; the errors say where and why", body = Problem, content_type = "application/problem+json"),
))]
#[post("/rules/try")]
pub async fn try_rule(app: Data<App>, command: Command<TryRule>) -> Result<HttpResponse, Problem> {
    let TryRule { document, inputs } = command.body;
    let tried = rule::try_rule(&app, &command.call, document, inputs).await.map_err(refusal)?;
    Ok(HttpResponse::Ok().json(tried))
}
