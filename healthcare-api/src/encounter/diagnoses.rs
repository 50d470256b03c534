//! The diagnoses of a visit: `POST /encounters/{id}/diagnoses`, `…/rank`, `…/remove`.

use actix_web::{
    HttpResponse, post,
    web::{Data, Path},
};
use chrono::{DateTime, Utc};
use healthcare_application::{
    App,
    encounter::{self, Diagnosed},
};
use healthcare_domain::{
    code::CodeableConcept,
    encounter::DiagnosisUse,
    id::{EncounterId, ProblemId},
    problem::{Problem as Entry, ProblemVerification},
    signing::Override,
    text::Remark,
};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use crate::{
    http::{Changed, Command, bounds::concept},
    problem::Problem,
};

/// What is diagnosed: a condition on record by `problem`, or one that is new by `code`.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AddDiagnosis {
    /// The condition, where it is on record.
    problem: Option<ProblemId>,
    /// What it is, where it is not: ICD-10-CM or SNOMED CT, or in words.
    #[validate(custom(function = "concept"))]
    code: Option<CodeableConcept>,
    /// How sure a new one is; confirmed if not said.
    verification: Option<ProblemVerification>,
    /// How severe a new one is.
    #[validate(custom(function = "concept"))]
    severity: Option<CodeableConcept>,
    /// Since when a new one is there.
    onset_at: Option<DateTime<Utc>>,
    /// For what it is listed.
    #[serde(rename = "use")]
    used: DiagnosisUse,
    /// In which place among those of its use, 1 the principal one; at the end if absent.
    #[validate(range(min = 1, max = 200))]
    #[schema(minimum = 1, maximum = 200)]
    rank: Option<u16>,
    /// Each answers a finding by its id, with a reason; of a new one.
    #[serde(default)]
    #[validate(length(max = 100))]
    overrides: Vec<Override>,
}

/// Which place a diagnosis takes.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RankDiagnosis {
    /// The condition.
    problem: ProblemId,
    /// For what it is listed.
    #[serde(rename = "use")]
    used: DiagnosisUse,
    /// Its place, 1 the principal one.
    #[validate(range(min = 1, max = 200))]
    #[schema(minimum = 1, maximum = 200)]
    rank: u16,
}

/// Which diagnosis goes, and why.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RemoveDiagnosis {
    /// The condition.
    problem: ProblemId,
    /// For what it is listed.
    #[serde(rename = "use")]
    used: DiagnosisUse,
    /// Why.
    reason: Remark,
}

/// Lists a condition as a diagnosis of the visit. One that is new is put on record with it; the answer names it as
/// `problem`. A new one is checked as one that is put on the problem list: what it brings up is told in `findings`, and a
/// critical finding answers 409 until it comes again (with a new idempotency key) with `overrides`.
#[utoipa::path(tag = "encounters", request_body(content = AddDiagnosis, example = json!({
    "code": { "coding": [{ "system": "http://hl7.org/fhir/sid/icd-10-cm", "code": "J18.9", "display": "Pneumonia, unspecified organism" }] },
    "use": "admission", "rank": 1
})), params(
    ("id" = EncounterId, Path, description = "the encounter"),
    ("Idempotency-Key" = Option<String>, Header, description = "makes a repeat answer as the first did"),
    ("If-Match" = Option<String>, Header, description = "the version that was seen, if it matters"),
), responses(
    (status = 201, description = "listed", body = Changed, headers(("ETag" = String), ("Location" = String))),
))]
#[post("/encounters/{id}/diagnoses")]
pub async fn add_diagnosis(
    app: Data<App>,
    id: Path<EncounterId>,
    command: Command<AddDiagnosis>,
) -> Result<HttpResponse, Problem> {
    let Command { call, body } = command;
    let AddDiagnosis { problem, code, verification, severity, onset_at, used, rank, overrides } = body;
    let what = match (problem, code) {
        (Some(problem), None) if verification.is_none() && severity.is_none() && onset_at.is_none() => {
            Diagnosed::Known(problem)
        }
        (None, Some(code)) => Diagnosed::New(Box::new(Entry {
            identifiers: vec![],
            code,
            categories: vec![],
            verification: Some(verification.unwrap_or(ProblemVerification::Confirmed).as_str().to_owned()),
            severity,
            onset_at,
            encounter: Some(*id),
            body_sites: vec![],
            note: None,
        })),
        _ => return Err(Problem::misfit("/code", "either `problem` alone, or `code` with what is known of a new one")),
    };
    let cmd = encounter::AddDiagnosis { encounter: *id, what, used, rank, overrides };
    Ok(Changed::created(encounter::add_diagnosis(&app, &call, cmd).await?, "/api/v1/encounters"))
}

/// Gives a diagnosis another place among those of its use; the first is the principal one.
#[utoipa::path(tag = "encounters", request_body = RankDiagnosis, params(
    ("id" = EncounterId, Path, description = "the encounter"),
    ("Idempotency-Key" = Option<String>, Header, description = "makes a repeat answer as the first did"),
    ("If-Match" = Option<String>, Header, description = "the version that was seen, if it matters"),
), responses((status = 200, description = "ranked", body = Changed, headers(("ETag" = String)))))]
#[post("/encounters/{id}/diagnoses/rank")]
pub async fn rank_diagnosis(
    app: Data<App>,
    id: Path<EncounterId>,
    command: Command<RankDiagnosis>,
) -> Result<HttpResponse, Problem> {
    let Command { call, body: RankDiagnosis { problem, used, rank } } = command;
    Ok(Changed::done(encounter::rank_diagnosis(&app, &call, *id, (problem, used, rank)).await?))
}

/// Takes a condition off the diagnoses of the visit. It stays on record.
#[utoipa::path(tag = "encounters", request_body = RemoveDiagnosis, params(
    ("id" = EncounterId, Path, description = "the encounter"),
    ("Idempotency-Key" = Option<String>, Header, description = "makes a repeat answer as the first did"),
    ("If-Match" = Option<String>, Header, description = "the version that was seen, if it matters"),
), responses((status = 200, description = "taken off", body = Changed, headers(("ETag" = String)))))]
#[post("/encounters/{id}/diagnoses/remove")]
pub async fn remove_diagnosis(
    app: Data<App>,
    id: Path<EncounterId>,
    command: Command<RemoveDiagnosis>,
) -> Result<HttpResponse, Problem> {
    let Command { call, body: RemoveDiagnosis { problem, used, reason } } = command;
    Ok(Changed::done(encounter::remove_diagnosis(&app, &call, *id, (problem, used, reason)).await?))
}
