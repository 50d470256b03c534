//! `POST /patients/{id}/medication-orders`.

use actix_web::{
    HttpResponse, post,
    web::{Data, Path},
};
use healthcare_application::{
    App,
    medication::{self, Signing},
};
use healthcare_domain::{
    code::CodeableConcept,
    id::{EncounterId, PatientId},
    medication::{MedicationOrderError, Override},
    quantity::Quantity,
};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use super::draft::Draft;
use crate::{
    http::{
        Changed, Command,
        bounds::{concept, concepts},
    },
    problem::{DomainProblem, Problem},
};

/// An order with the answers to what decision support said against it.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PrescribeMedication {
    /// What: RxNorm, or in words. What cannot be recognised is told as not checked.
    #[validate(custom(function = "concept"))]
    medication: CodeableConcept,
    /// How much at a time.
    dose: Option<Quantity>,
    /// By which route.
    #[validate(custom(function = "concept"))]
    route: Option<CodeableConcept>,
    /// How often, in words.
    #[validate(length(max = 200))]
    frequency: Option<String>,
    /// Only when needed.
    #[serde(default)]
    as_needed: bool,
    /// What for.
    #[serde(default)]
    #[validate(custom(function = "concepts"))]
    reasons: Vec<CodeableConcept>,
    /// During which visit.
    encounter: Option<EncounterId>,
    /// Each answers a finding by its id, with a reason.
    #[serde(default)]
    #[validate(length(max = 100))]
    overrides: Vec<Override>,
}

impl PrescribeMedication {
    /// The order, and the answers to findings.
    pub(crate) fn parts(self) -> (Draft, Vec<Override>) {
        let Self { medication, dose, route, frequency, as_needed, reasons, encounter, overrides } = self;
        (Draft { medication, dose, route, frequency, as_needed, reasons, encounter }, overrides)
    }
}

/// Signs an order. A critical finding of decision support answers 409 with all findings and their stable ids; nothing
/// is ordered until the command comes again (with a new idempotency key) with `overrides` for each critical one.
#[utoipa::path(tag = "medication", request_body = PrescribeMedication, params(
    ("id" = PatientId, Path, description = "the patient"),
    ("Idempotency-Key" = Option<String>, Header, description = "makes a repeat answer as the first did; a 409 is not kept"),
), responses(
    (status = 201, description = "signed; `findings` did not interrupt, the rules in `lacking` could not be told for want of data", body = Changed, headers(("ETag" = String), ("Location" = String))),
    (status = 403, description = "the role may not, or the session has no second factor", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "no such patient", body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "findings wait for an answer", body = Problem, content_type = "application/problem+json"),
    (status = 422, description = "the body has another shape, or an override answers nothing", body = Problem, content_type = "application/problem+json"),
))]
#[post("/patients/{id}/medication-orders")]
pub async fn prescribe_medication(
    app: Data<App>,
    id: Path<PatientId>,
    command: Command<PrescribeMedication>,
) -> Result<HttpResponse, Problem> {
    let Command { call, body } = command;
    let (draft, overrides) = body.parts();
    let prescription = draft.written(&call.actor, app.clock.now());
    let cmd = medication::PrescribeMedication { patient: *id, prescription, overrides };
    match medication::prescribe_medication(&app, &call, cmd).await? {
        Signing::Signed(committed) => Ok(Changed::created(committed, "/api/v1/medication-orders")),
        Signing::Interrupted(interruption) => Err(Problem::findings(MedicationOrderError::CONTEXT, &interruption)),
    }
}
