//! `POST /patients/{id}/encounters`.

use actix_web::{
    HttpResponse, post,
    web::{Data, Path},
};
use chrono::{DateTime, Utc};
use healthcare_application::{App, encounter};
use healthcare_domain::{
    code::CodeableConcept,
    encounter::{Admission, EncounterClass},
    id::PatientId,
    reference::Reference,
};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use crate::{
    http::{Changed, Command, bounds::concepts},
    problem::Problem,
};

/// A visit or stay that begins.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AdmitPatient {
    /// As what.
    class: EncounterClass,
    /// What kind of visit.
    #[serde(default)]
    #[validate(custom(function = "concepts"))]
    types: Vec<CodeableConcept>,
    /// Why.
    #[serde(default)]
    #[validate(custom(function = "concepts"))]
    reasons: Vec<CodeableConcept>,
    /// Now, if not said.
    started_at: Option<DateTime<Utc>>,
    /// The ward.
    #[validate(length(min = 1, max = 100))]
    ward: Option<String>,
    /// The bed.
    #[validate(length(min = 1, max = 100))]
    bed: Option<String>,
    /// Who provides it.
    provider: Option<Reference>,
}

/// Begins a visit or stay.
#[utoipa::path(tag = "encounters", request_body = AdmitPatient, params(
    ("id" = PatientId, Path, description = "the patient"),
    ("Idempotency-Key" = Option<String>, Header, description = "makes a repeat answer as the first did"),
), responses(
    (status = 201, description = "stored", body = Changed, headers(("ETag" = String), ("Location" = String))),
    (status = 403, description = "the role may not", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "no such patient", body = Problem, content_type = "application/problem+json"),
    (status = 422, description = "the body has another shape or cannot be true", body = Problem, content_type = "application/problem+json"),
))]
#[post("/patients/{id}/encounters")]
pub async fn admit_patient(
    app: Data<App>,
    id: Path<PatientId>,
    command: Command<AdmitPatient>,
) -> Result<HttpResponse, Problem> {
    let Command { call, body } = command;
    let AdmitPatient { class, types, reasons, started_at, ward, bed, provider } = body;
    let started_at = started_at.unwrap_or_else(|| app.clock.now());
    let admission = Admission { identifiers: vec![], class, types, reasons, started_at, ward, bed, provider };
    let committed = encounter::admit_patient(&app, &call, encounter::AdmitPatient { patient: *id, admission }).await?;
    Ok(Changed::created(committed, "/api/v1/encounters"))
}
