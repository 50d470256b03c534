//! `POST /patients/{id}/laboratory-results`.

use actix_web::{
    HttpResponse,
    http::StatusCode,
    post,
    web::{Data, Path},
};
use chrono::{DateTime, Utc};
use healthcare_application::{App, observation};
use healthcare_domain::{
    code::CodeableConcept,
    id::{EncounterId, PatientId},
    observation::{Observation, ObservationCategory, ObservationValue},
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

/// A laboratory result.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RecordLaboratoryResult {
    /// What was measured (LOINC).
    #[validate(custom(function = "concept"))]
    code: CodeableConcept,
    /// The value; with `data_absent_reason` instead where there is none. What lies beyond what can be measured is a text with
    /// its comparator, such as `>10 mmol/L`: rules hold it against their limits.
    value: Option<ObservationValue>,
    /// Why there is no value.
    #[validate(custom(function = "concept"))]
    data_absent_reason: Option<CodeableConcept>,
    /// High, low, abnormal, as the laboratory says.
    #[serde(default)]
    #[validate(custom(function = "concepts"))]
    interpretation: Vec<CodeableConcept>,
    /// What the laboratory takes for normal.
    #[validate(length(max = 200))]
    reference_range: Option<String>,
    /// How far it has come.
    #[serde(default)]
    status: ResultStatus,
    /// When the sample was taken; now if not said.
    effective_at: Option<DateTime<Utc>>,
    /// During which visit.
    encounter: Option<EncounterId>,
    /// Each answers a finding by its id, with a reason: of a value that can hardly be.
    #[serde(default)]
    #[validate(length(max = 100))]
    overrides: Vec<Override>,
}

/// How far a result has come (FHIR observation status).
#[derive(Debug, Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ResultStatus {
    /// Not yet verified.
    Preliminary,
    /// Complete and verified.
    #[default]
    Final,
    /// Changed after it was final.
    Amended,
    /// Changed because it was wrong.
    Corrected,
}

impl ResultStatus {
    fn as_str(self) -> &'static str {
        match self {
            Self::Preliminary => "preliminary",
            Self::Final => "final",
            Self::Amended => "amended",
            Self::Corrected => "corrected",
        }
    }
}

/// Reports a laboratory result. It waits to be viewed. A person who types a value that hardly any patient has is asked to
/// confirm it: 409 with the finding, until it comes again (with a new idempotency key) with `overrides`. What they type in a
/// unit that is none is refused. What a program reports is always stored. A body weight or height is none: it is charted
/// with the vital signs, and refused here.
#[utoipa::path(tag = "results", request_body = RecordLaboratoryResult, params(
    ("id" = PatientId, Path, description = "the patient"),
    ("Idempotency-Key" = Option<String>, Header, description = "makes a repeat answer as the first did"),
), responses(
    (status = 201, description = "stored; `findings` did not interrupt, the critical rules in `lacking` could not read the value", body = Changed, headers(("ETag" = String), ("Location" = String))),
    (status = 403, description = "the role may not", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "no such patient", body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "a value that can hardly be waits to be confirmed", body = Problem, content_type = "application/problem+json"),
    (status = 422, description = "the body has another shape or cannot be true, or an override answers nothing", body = Problem, content_type = "application/problem+json"),
))]
#[post("/patients/{id}/laboratory-results")]
pub async fn record_laboratory_result(
    app: Data<App>,
    id: Path<PatientId>,
    command: Command<RecordLaboratoryResult>,
) -> Result<HttpResponse, Problem> {
    let Command { call, body } = command;
    let RecordLaboratoryResult {
        code,
        value,
        data_absent_reason,
        interpretation,
        reference_range,
        status,
        effective_at,
        encounter,
        overrides,
    } = body;
    // What a program reports is never turned away: that it cannot be judged is told where it is read.
    if call.actor.is_person() {
        ensure_unit(&app, &code, value.as_ref())?;
    }
    let now = app.clock.now();
    let result = Observation {
        identifiers: vec![],
        category: ObservationCategory::Laboratory,
        code,
        value,
        components: vec![],
        data_absent_reason,
        interpretation,
        reference_range,
        status: status.as_str().to_owned(),
        effective_at: effective_at.unwrap_or(now),
        issued_at: Some(now),
        encounter,
    };
    let cmd = observation::RecordLaboratoryResult { patient: *id, result, overrides };
    let committed = observation::record_laboratory_result(&app, &call, cmd).await?;
    Ok(Changed::created(committed, "/api/v1/observations"))
}

/// Whether a value is in a unit, where the rules know in which what is measured comes.
fn ensure_unit(app: &App, code: &CodeableConcept, value: Option<&ObservationValue>) -> Result<(), Problem> {
    let Some(ObservationValue::Quantity(quantity)) = value else { return Ok(()) };
    let Some((title, expected)) = app.rules.knowledge().no_unit_of(&code.coding, &quantity.unit) else {
        return Ok(());
    };
    let problem = Problem::new(
        StatusCode::UNPROCESSABLE_ENTITY,
        "/problems/request/invalid",
        "The request is not of the expected shape",
    );
    Err(problem.at("/value/quantity/unit", format!("no unit of {title}; one is {expected}")))
}
