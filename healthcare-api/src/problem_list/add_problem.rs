//! `POST /patients/{id}/problems`.

use actix_web::{
    HttpResponse, post,
    web::{Data, Path},
};
use chrono::{DateTime, Utc};
use healthcare_application::{App, problem};
use healthcare_domain::{
    code::CodeableConcept,
    id::{EncounterId, PatientId},
    problem::{Problem as Entry, ProblemVerification},
    reference::Identifier,
    signing::Override,
};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::{Validate, ValidationError};

use crate::{
    http::{
        Changed, Command,
        bounds::{concept, concepts},
    },
    problem::Problem,
};

/// A problem, diagnosis or concern, with the answers to what decision support said against it.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AddProblem {
    /// What it is: SNOMED CT or ICD-10-CM, or in words.
    #[validate(custom(function = "concept"))]
    code: CodeableConcept,
    /// `problem-list-item`, `encounter-diagnosis`.
    #[serde(default)]
    #[validate(custom(function = "concepts"))]
    categories: Vec<CodeableConcept>,
    /// How sure it is.
    #[validate(custom(function = "known_verification"))]
    #[schema(value_type = Option<ProblemVerification>)]
    verification: Option<String>,
    /// How severe.
    #[validate(custom(function = "concept"))]
    severity: Option<CodeableConcept>,
    /// Since when.
    onset_at: Option<DateTime<Utc>>,
    /// During which visit it was found.
    encounter: Option<EncounterId>,
    /// Each answers a finding by its id, with a reason.
    #[serde(default)]
    #[validate(length(max = 100))]
    overrides: Vec<Override>,
}

impl AddProblem {
    /// The problem it describes, under what its source calls it, and the answers to findings.
    pub(crate) fn named(self, identifiers: Vec<Identifier>) -> (Entry, Vec<Override>) {
        let Self { code, categories, verification, severity, onset_at, encounter, overrides } = self;
        let (body_sites, note) = (vec![], None);
        let entry =
            Entry { identifiers, code, categories, verification, severity, onset_at, encounter, body_sites, note };
        (entry, overrides)
    }
}

/// How sure it is, as FHIR has it.
fn known_verification(code: &str) -> Result<(), ValidationError> {
    let message = std::borrow::Cow::Borrowed("unconfirmed, provisional, differential, confirmed or refuted");
    let known = code.parse::<ProblemVerification>().map(drop);
    known.map_err(|_| ValidationError::new("unknown").with_message(message))
}

/// Puts a problem on the list. What it brings up, such as a drug that it speaks against, is told in `findings`; a critical
/// finding answers 409 with all findings and their stable ids, and nothing is stored until the command comes again (with a
/// new idempotency key) with `overrides` for each critical one.
#[utoipa::path(tag = "problems", request_body = AddProblem, params(
    ("id" = PatientId, Path, description = "the patient"),
    ("Idempotency-Key" = Option<String>, Header, description = "makes a repeat answer as the first did; a 409 is not kept"),
), responses(
    (status = 201, description = "stored; `findings` did not interrupt", body = Changed, headers(("ETag" = String), ("Location" = String))),
    (status = 403, description = "the role may not", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "no such patient", body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "findings wait for an answer", body = Problem, content_type = "application/problem+json"),
    (status = 422, description = "the body has another shape or cannot be true, or an override answers nothing", body = Problem, content_type = "application/problem+json"),
))]
#[post("/patients/{id}/problems")]
pub async fn add_problem(
    app: Data<App>,
    id: Path<PatientId>,
    command: Command<AddProblem>,
) -> Result<HttpResponse, Problem> {
    let Command { call, body } = command;
    let (problem, overrides) = body.named(vec![]);
    let cmd = problem::AddProblem { patient: *id, problem, overrides };
    let committed = problem::add_problem(&app, &call, cmd).await?;
    Ok(Changed::created(committed, "/api/v1/problems"))
}
