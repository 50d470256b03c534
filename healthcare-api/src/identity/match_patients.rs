//! `POST /patients/match`.

use actix_web::{HttpResponse, post, web::Data};
use healthcare_application::{
    App,
    identity::{self, Matches},
};
use healthcare_domain::patient::{Demographics, matching::Traits};
use serde::Deserialize;
use validator::{Validate, ValidationErrors};

use crate::{http::Command, patient::check_bounds, problem::Problem};

/// Who is looked for.
#[derive(Debug, Deserialize)]
#[serde(transparent)]
pub struct MatchPatients(Demographics);

impl Validate for MatchPatients {
    fn validate(&self) -> Result<(), ValidationErrors> {
        check_bounds(&self.0)
    }
}

/// Finds who may be the person that is described, with a probability and the reasons for it. Nothing is stored but that it
/// was asked. `certain`: one person beyond reasonable doubt; `probable`: somebody should decide; `possible`: worth a look.
#[utoipa::path(tag = "duplicates", request_body = Demographics, responses(
    (status = 200, description = "the candidates, the likeliest first; none where nobody is alike", body = Matches),
    (status = 401, description = "sign in first", body = Problem, content_type = "application/problem+json"),
    (status = 403, description = "the role may not", body = Problem, content_type = "application/problem+json"),
    (status = 422, description = "the body has another shape", body = Problem, content_type = "application/problem+json"),
))]
#[post("/patients/match")]
pub async fn match_patients(app: Data<App>, command: Command<MatchPatients>) -> Result<HttpResponse, Problem> {
    let Command { call, body: MatchPatients(person) } = command;
    let matches = identity::match_patients(&app, &call, &Traits::from(&person)).await?;
    Ok(HttpResponse::Ok().json(matches))
}
