//! `POST /patients/{id}/encounters`.

use actix_web::{
    HttpResponse, post,
    web::{Data, Path},
};
use chrono::{DateTime, Utc};
use healthcare_application::{
    App,
    encounter::{self, Beginning, WantedPlace},
};
use healthcare_domain::{
    code::CodeableConcept,
    encounter::{Admission, EncounterClass, Stage},
    id::{BedId, PatientId},
    reference::Reference,
    signing::Override,
};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use crate::{
    http::{
        Changed, Command,
        bounds::{concept, concepts},
    },
    problem::Problem,
};

/// How far a visit has come as it is recorded.
#[derive(Debug, Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
#[schema(as = EncounterBeginning)]
pub enum Begins {
    /// It is expected: `started_at` is when.
    Planned,
    /// The patient is there and waits.
    Arrived,
    /// They are being seen, or stay.
    #[default]
    InProgress,
}

/// A visit or stay that is planned, or begins.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AdmitPatient {
    /// As what.
    class: EncounterClass,
    /// How far it has come; in progress if not said.
    #[serde(default)]
    status: Begins,
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
    #[schema(min_length = 1, max_length = 100)]
    ward: Option<String>,
    /// The room.
    #[validate(length(min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100)]
    room: Option<String>,
    /// The bed by name; in a ward that has beds in the configuration of the house, one of those.
    #[validate(length(min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100)]
    bed: Option<String>,
    /// The bed by identity, instead.
    bed_id: Option<BedId>,
    /// Who provides it.
    provider: Option<Reference>,
    /// Where they came from (FHIR admit source).
    #[validate(custom(function = "concept"))]
    admit_source: Option<CodeableConcept>,
    /// Each answers a finding by its id, with a reason: of what is critical and unanswered as a stay begins.
    #[serde(default)]
    #[validate(length(max = 100))]
    overrides: Vec<Override>,
}

/// Plans or begins a visit or stay. A bed that is named is nobody else's from then on; one that is not free is refused,
/// with which it is and why. Whoever begins a stay and may see the chart is told what is critical and unanswered: 409 with
/// all findings and their stable ids, until it comes again (with a new idempotency key) with `overrides`. Nobody is an
/// inpatient twice at once: while one such stay is open, another is refused.
#[utoipa::path(tag = "encounters", request_body = AdmitPatient, params(
    ("id" = PatientId, Path, description = "the patient"),
    ("Idempotency-Key" = Option<String>, Header, description = "makes a repeat answer as the first did"),
), responses(
    (status = 201, description = "stored", body = Changed, headers(("ETag" = String), ("Location" = String))),
    (status = 403, description = "the role may not", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "no such patient", body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "the bed is not free, they are an inpatient already under the `encounter` that is named, or findings wait for an answer", body = Problem, content_type = "application/problem+json"),
    (status = 422, description = "the body has another shape or cannot be true", body = Problem, content_type = "application/problem+json"),
))]
#[post("/patients/{id}/encounters")]
pub async fn admit_patient(
    app: Data<App>,
    id: Path<PatientId>,
    command: Command<AdmitPatient>,
) -> Result<HttpResponse, Problem> {
    let Command { call, body } = command;
    let AdmitPatient {
        class,
        status,
        types,
        reasons,
        started_at,
        ward,
        room,
        bed,
        bed_id,
        provider,
        admit_source,
        overrides,
    } = body;
    let started_at = started_at.unwrap_or_else(|| app.clock.now());
    let admission = Admission { types, reasons, provider, admit_source, ..Admission::of(class, started_at) };
    let beginning = match status {
        Begins::Planned => Beginning::Planned,
        Begins::Arrived => Beginning::At(Stage::Arrived),
        Begins::InProgress => Beginning::At(Stage::InProgress),
    };
    let place = WantedPlace { ward, room, bed, bed_id };
    let cmd = encounter::AdmitPatient { patient: *id, admission, place, beginning, overrides };
    Ok(Changed::created(encounter::admit_patient(&app, &call, cmd).await?, "/api/v1/encounters"))
}
