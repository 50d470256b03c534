//! `POST /patients/{id}/allergies`.

use actix_web::{
    HttpResponse, post,
    web::{Data, Path},
};
use chrono::{DateTime, Utc};
use healthcare_application::{App, allergy};
use healthcare_domain::{
    allergy::{Allergy, Criticality, Reaction, Statement, Verification},
    code::CodeableConcept,
    id::PatientId,
    reference::Identifier,
};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use crate::{
    http::{
        Changed, Command,
        bounds::{concept, words},
    },
    problem::Problem,
};

/// An allergy or intolerance.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AddAllergy {
    /// To what: SNOMED CT or RxNorm, or in words.
    #[validate(custom(function = "concept"))]
    substance: CodeableConcept,
    /// That there is one, or that none is known.
    #[serde(default)]
    statement: Statement,
    /// `medication`, `food`, `environment`, `biologic`.
    #[serde(default)]
    #[validate(custom(function = "words"))]
    categories: Vec<String>,
    /// How dangerous a further exposure is thought to be.
    criticality: Option<Criticality>,
    /// How sure it is.
    #[serde(default)]
    verification: Verification,
    /// What happened.
    #[serde(default)]
    #[validate(length(max = 50))]
    reactions: Vec<Reaction>,
    /// Since when.
    onset_at: Option<DateTime<Utc>>,
}

impl AddAllergy {
    /// The allergy it describes, under what its source calls it.
    pub(super) fn named(self, identifiers: Vec<Identifier>) -> Allergy {
        let Self { substance, statement, categories, criticality, verification, reactions, onset_at } = self;
        Allergy { identifiers, substance, statement, categories, criticality, verification, reactions, onset_at }
    }
}

/// Records an allergy, or with `"statement": "none-known"` that there is none: that differs from nobody having asked.
#[utoipa::path(tag = "allergies", request_body = AddAllergy, params(
    ("id" = PatientId, Path, description = "the patient"),
    ("Idempotency-Key" = Option<String>, Header, description = "makes a repeat answer as the first did"),
), responses(
    (status = 201, description = "stored", body = Changed, headers(("ETag" = String), ("Location" = String))),
    (status = 403, description = "the role may not", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "no such patient", body = Problem, content_type = "application/problem+json"),
    (status = 422, description = "the body has another shape or cannot be true", body = Problem, content_type = "application/problem+json"),
))]
#[post("/patients/{id}/allergies")]
pub async fn add_allergy(
    app: Data<App>,
    id: Path<PatientId>,
    command: Command<AddAllergy>,
) -> Result<HttpResponse, Problem> {
    let Command { call, body } = command;
    let allergy = body.named(vec![]);
    let committed = allergy::add_allergy(&app, &call, allergy::AddAllergy { patient: *id, allergy }).await?;
    Ok(Changed::created(committed, "/api/v1/allergies"))
}
