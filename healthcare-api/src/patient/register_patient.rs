//! `POST /patients`.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, post, web::Data};
use healthcare_application::{
    App,
    identity::Found,
    patient::{self, RegisterError},
};
use healthcare_domain::{patient::Demographics, text::Remark};
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

/// Registers a patient, with a record number of the house where they bring none. Who is registered already beyond doubt (a number of the same issuer, the name and the birth date
/// are the same) is not registered again: the answer names them. Where it is known that they are two people, say how in
/// `Known-As-Another`. Who only looks alike is registered, and the pair is put on the queue of duplicates.
#[utoipa::path(tag = "patients", request_body = Demographics, params(
    ("Idempotency-Key" = Option<String>, Header, description = "makes a repeat answer as the first did"),
    ("Known-As-Another" = Option<String>, Header, description = "how it is known that the person is another one than who is registered with the same number, name and birth date; kept with the registration"),
), responses(
    (status = 201, description = "registered", body = Changed, headers(("ETag" = String), ("Location" = String))),
    (status = 401, description = "sign in first", body = Problem, content_type = "application/problem+json"),
    (status = 403, description = "the role may not", body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "the person is registered already, and `candidates` names them; or an identifier is in use, and whose is not said", body = Problem, content_type = "application/problem+json"),
    (status = 422, description = "the demographics cannot be true", body = Problem, content_type = "application/problem+json"),
))]
#[post("/patients")]
pub async fn register_patient(
    app: Data<App>,
    command: Command<RegisterPatient>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let Command { call, body: RegisterPatient(demographics) } = command;
    let known_as_another = known_as_another(&request)?;
    let cmd = patient::RegisterPatient { demographics, known_as_another };
    match patient::register_patient(&app, &call, cmd).await {
        Ok(committed) => Ok(Changed::created(committed, "/api/v1/patients")),
        Err(RegisterError::Known(candidates)) => Err(known(&candidates)),
        Err(RegisterError::Command(error)) => Err(error.into()),
    }
}

/// How it is known that somebody who looks registered is another person.
fn known_as_another(request: &HttpRequest) -> Result<Option<Remark>, Problem> {
    let Some(header) = request.headers().get("known-as-another") else { return Ok(None) };
    let words = std::str::from_utf8(header.as_bytes()).ok().and_then(|words| Remark::try_from(words.to_owned()).ok());
    words.map(Some).ok_or_else(|| Problem::bad_header("Known-As-Another", "1 to 2,000 characters, not blank"))
}

/// 409: with who they are.
fn known(candidates: &[Found]) -> Problem {
    Problem::new(StatusCode::CONFLICT, "/problems/patient/known", "The person is registered already")
        .detail("Use their record; or say in Known-As-Another how it is known that they are two people.")
        .with(serde_json::json!({ "candidates": candidates }))
}
