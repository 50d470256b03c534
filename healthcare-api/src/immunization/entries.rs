//! Immunisations over REST: recorded, read, amended, struck out.

use actix_web::{
    HttpResponse, get, patch, post,
    web::{Data, Path},
};
use chrono::{DateTime, NaiveDate, Utc};
use healthcare_application::{
    App, immunization,
    view::{Holding, View},
};
use healthcare_domain::{
    code::CodeableConcept,
    entry::Immunization,
    id::{EncounterId, ImmunizationId, PatientId},
    quantity::Quantity,
    reference::{Identifier, Reference},
};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use crate::{
    http::{AsOf, Because, Caller, Changed, Command, Entity, MergePatch, Query, bounds::concept},
    problem::Problem,
};

/// A vaccine given, or deliberately not given.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RecordImmunization {
    /// The vaccine: CVX, or in words.
    #[validate(custom(function = "concept"))]
    vaccine: CodeableConcept,
    /// Whether it was given; it was if not said.
    #[serde(default)]
    status: ImmunizationStatus,
    /// Why it was not given (v3 ActReason, e.g. `PATOBJ`).
    #[validate(custom(function = "concept"))]
    status_reason: Option<CodeableConcept>,
    /// When it was given; now if not said.
    given_at: Option<DateTime<Utc>>,
    /// During which visit.
    encounter: Option<EncounterId>,
    /// Whether it was given here, or is only reported; here if not said.
    primary_source: Option<bool>,
    /// The lot.
    #[validate(length(min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100)]
    lot_number: Option<String>,
    /// Until when the lot could be used.
    expires_on: Option<NaiveDate>,
    /// Who made it.
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    manufacturer: Option<String>,
    /// Which dose of its series.
    #[validate(range(min = 1, max = 100))]
    #[schema(minimum = 1, maximum = 100)]
    dose_number: Option<u16>,
    /// How much.
    dose: Option<Quantity>,
    /// Where on the body.
    #[validate(custom(function = "concept"))]
    site: Option<CodeableConcept>,
    /// How it entered the body.
    #[validate(custom(function = "concept"))]
    route: Option<CodeableConcept>,
    /// By whom.
    #[serde(default)]
    #[validate(length(max = 50))]
    #[schema(max_items = 50)]
    performers: Vec<Reference>,
    /// More, in somebody's words.
    #[validate(length(min = 1, max = 2_000))]
    #[schema(min_length = 1, max_length = 2_000)]
    note: Option<String>,
}

/// Whether a vaccine was given (FHIR immunization-status).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs)]
pub enum ImmunizationStatus {
    #[default]
    Completed,
    NotDone,
}

impl RecordImmunization {
    /// The immunisation it describes, under what its source calls it.
    fn named(self, identifiers: Vec<Identifier>, now: DateTime<Utc>) -> Immunization {
        let Self {
            vaccine,
            status,
            status_reason,
            given_at,
            encounter,
            primary_source,
            lot_number,
            expires_on,
            manufacturer,
            dose_number,
            dose,
            site,
            route,
            performers,
            note,
        } = self;
        let given = status == ImmunizationStatus::Completed;
        Immunization {
            identifiers,
            vaccine,
            status: if given { "completed" } else { "not-done" }.to_owned(),
            given_at: given_at.or(Some(now)),
            encounter,
            primary_source: primary_source.or(Some(true)),
            lot_number,
            expires_on,
            manufacturer,
            status_reason,
            dose_number,
            dose,
            site,
            route,
            performers,
            note,
        }
    }
}

/// Records that a vaccine was given, or with `"status": "not-done"` for which reason it was not.
#[utoipa::path(tag = "immunizations", request_body(content = RecordImmunization, example = json!({
    "vaccine": { "coding": [{ "system": "http://hl7.org/fhir/sid/cvx", "code": "140", "display": "Influenza, seasonal, injectable, preservative free" }] },
    "lot_number": "AAJN11K", "expires_on": "2027-02-15", "dose_number": 1
})), params(
    ("id" = PatientId, Path, description = "the patient"),
    ("Idempotency-Key" = Option<String>, Header, description = "makes a repeat answer as the first did"),
), responses(
    (status = 201, description = "stored", body = Changed, headers(("ETag" = String), ("Location" = String))),
))]
#[post("/patients/{id}/immunizations")]
pub async fn record_immunization(
    app: Data<App>,
    id: Path<PatientId>,
    command: Command<RecordImmunization>,
) -> Result<HttpResponse, Problem> {
    let Command { call, body } = command;
    let now = app.clock.now();
    let content = body.named(vec![], now);
    Ok(Changed::created(immunization::record_immunization(&app, &call, *id, content).await?, "/api/v1/immunizations"))
}

/// An immunisation.
#[utoipa::path(tag = "immunizations", params(("id" = Uuid, Path, description = "the entry"), AsOf), responses(
    (status = 200, description = "as it stands", body = View<Holding<Immunization>>, headers(("ETag" = String))),
))]
#[get("/immunizations/{id}")]
pub async fn get_immunization(
    app: Data<App>,
    caller: Caller,
    id: Path<ImmunizationId>,
    day: Query<AsOf>,
) -> Result<HttpResponse, Problem> {
    Ok(Entity::answer(immunization::get_immunization(&app, &caller.0, *id, day.0.as_of).await?))
}

/// Amends an immunisation, by a merge patch over the fields it was recorded with.
#[utoipa::path(tag = "immunizations", request_body(content = MergePatch, content_type = "application/merge-patch+json",
    example = json!({ "lot_number": "AAJN12K" })), params(
    ("id" = Uuid, Path, description = "the entry"),
    ("If-Match" = String, Header, description = "the ETag of the version that was seen"),
    ("Idempotency-Key" = Option<String>, Header, description = "makes a repeat answer as the first did"),
), responses(
    (status = 200, description = "amended", body = Changed, headers(("ETag" = String))),
    (status = 428, description = "If-Match is missing", body = Problem, content_type = "application/problem+json"),
))]
#[patch("/immunizations/{id}")]
pub async fn amend_immunization(
    app: Data<App>,
    id: Path<ImmunizationId>,
    command: Command<MergePatch>,
) -> Result<HttpResponse, Problem> {
    let Command { call, body: patch } = command;
    let clock = app.clock.now();
    let change = |now: &Immunization| {
        Ok(patch.onto::<RecordImmunization>(now, &["identifiers"])?.named(now.identifiers.clone(), clock))
    };
    Ok(Changed::done(immunization::amend_immunization(&app, &call, *id, change).await?))
}

/// Strikes out an immunisation that was not this patient's.
#[utoipa::path(tag = "immunizations", request_body(content = Because, example = json!({ "reason": "another patient" })), params(
    ("id" = Uuid, Path, description = "the entry"),
    ("Idempotency-Key" = Option<String>, Header, description = "makes a repeat answer as the first did"),
    ("If-Match" = Option<String>, Header, description = "the version that was seen, if it matters"),
), responses((status = 200, description = "struck out", body = Changed, headers(("ETag" = String)))))]
#[post("/immunizations/{id}/entered-in-error")]
pub async fn enter_immunization_in_error(
    app: Data<App>,
    id: Path<ImmunizationId>,
    command: Command<Because>,
) -> Result<HttpResponse, Problem> {
    let Command { call, body: Because { reason } } = command;
    Ok(Changed::done(immunization::enter_immunization_in_error(&app, &call, *id, reason).await?))
}
