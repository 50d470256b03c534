//! `POST /patients`.

use actix_web::{HttpResponse, post, web::Data};
use healthcare_application::{App, patient};
use healthcare_domain::patient::Demographics;
use serde::Deserialize;
use validator::{Validate, ValidationErrors};

use crate::{
    http::{Changed, Command},
    problem::Problem,
};

/// Who is registered.
#[derive(Debug, Deserialize)]
#[serde(transparent)]
pub struct RegisterPatient(Demographics);

impl Validate for RegisterPatient {
    fn validate(&self) -> Result<(), ValidationErrors> {
        super::bounds::check(&self.0)
    }
}

/// Registers a patient, with a record number of the house where they bring none.
#[utoipa::path(tag = "patients", request_body = Demographics, params(
    ("Idempotency-Key" = Option<String>, Header, description = "makes a repeat answer as the first did"),
), responses(
    (status = 201, description = "registered", body = Changed, headers(("ETag" = String), ("Location" = String))),
    (status = 401, description = "sign in first", body = Problem, content_type = "application/problem+json"),
    (status = 403, description = "the role may not", body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "an identifier is in use; whose is not said", body = Problem, content_type = "application/problem+json"),
    (status = 422, description = "the demographics cannot be true", body = Problem, content_type = "application/problem+json"),
))]
#[post("/patients")]
pub async fn register_patient(app: Data<App>, command: Command<RegisterPatient>) -> Result<HttpResponse, Problem> {
    let Command { call, body: RegisterPatient(demographics) } = command;
    let committed = patient::register_patient(&app, &call, patient::RegisterPatient { demographics }).await?;
    Ok(Changed::created(committed, "/api/v1/patients"))
}
