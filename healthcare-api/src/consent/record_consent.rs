//! `POST /patients/{id}/consents`.

use actix_web::{
    HttpResponse, post,
    web::{Data, Path},
};
use healthcare_application::{App, consent};
use healthcare_domain::{
    code::CodeableConcept,
    consent::{ConsentContent, Decision, Giver},
    id::PatientId,
    partial_date::PartialDate,
    patient::Period,
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

/// What was consented to, or refused.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RecordConsent {
    /// The area: HL7 consentscope, e.g. `research`, `patient-privacy`, `treatment`, `adr`.
    #[validate(custom(function = "concept"))]
    scope: CodeableConcept,
    /// What kind of consent: LOINC or HL7 consentcategorycodes; at least one.
    #[validate(custom(function = "concepts"))]
    #[schema(min_items = 1)]
    categories: Vec<CodeableConcept>,
    /// Whether it is allowed.
    decision: Decision,
    /// When it was decided, as precisely as known.
    decided_on: Option<PartialDate>,
    /// From when to when it holds.
    period: Option<Period>,
    /// Who decided; the patient if absent.
    #[validate(custom(function = "giver"))]
    given_by: Option<Giver>,
}

/// A name of at most 200 characters, and a relationship within the bounds of a concept.
fn giver(giver: &Giver) -> Result<(), ValidationError> {
    if giver.name.as_deref().is_some_and(|name| name.trim().is_empty() || name.chars().count() > 200) {
        return Err(ValidationError::new("length").with_message("a name of 1 to 200 characters".into()));
    }
    giver.relationship.as_ref().map_or(Ok(()), concept)
}

/// Records a consent or a refusal of a patient.
#[utoipa::path(tag = "consents", request_body = RecordConsent, params(
    ("id" = PatientId, Path, description = "the patient"),
    ("Idempotency-Key" = Option<String>, Header, description = "makes a repeat answer as the first did"),
), responses(
    (status = 201, description = "recorded", body = Changed, headers(("ETag" = String), ("Location" = String))),
    (status = 403, description = "the role may not", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "no such patient", body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "the patient was entered in error", body = Problem, content_type = "application/problem+json"),
    (status = 422, description = "the body has another shape or cannot be true", body = Problem, content_type = "application/problem+json"),
))]
#[post("/patients/{id}/consents")]
pub async fn record_consent(
    app: Data<App>,
    id: Path<PatientId>,
    command: Command<RecordConsent>,
) -> Result<HttpResponse, Problem> {
    let RecordConsent { scope, categories, decision, decided_on, period, given_by } = command.body;
    let content = ConsentContent {
        identifiers: vec![],
        scope,
        categories,
        decision,
        decided_on,
        decided_at: None,
        period,
        given_by,
        recorded_by: None,
    };
    let cmd = consent::RecordConsent { patient: *id, content };
    let committed = consent::record_consent(&app, &command.call, cmd).await?;
    Ok(Changed::created(committed, "/api/v1/consents"))
}
