//! `POST /encounters/{id}/vitals`.

use actix_web::{
    HttpResponse, post,
    web::{Data, Path},
};
use chrono::{DateTime, Utc};
use healthcare_application::{App, vitals};
use healthcare_domain::{
    id::EncounterId,
    vitals::{Consciousness, Measurement, Spo2Scale, Vitals},
};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use crate::{
    http::{Changed, Command},
    problem::Problem,
};

/// What was measured and seen at one moment.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RecordVitals {
    /// The numbers, each sign at most once.
    #[serde(default)]
    #[validate(length(max = 50))]
    measurements: Vec<Measurement>,
    /// Level of consciousness (ACVPU).
    consciousness: Option<Consciousness>,
    /// Whether supplemental oxygen is given.
    on_oxygen: Option<bool>,
    /// The SpO2 scale a clinician prescribed; scale 1 unless said otherwise.
    #[serde(default)]
    spo2_scale: Spo2Scale,
    /// Now, if not said.
    measured_at: Option<DateTime<Utc>>,
}

/// Charts a set of vital signs during an open visit. The answer holds `news2` from this set and the newest of what it
/// leaves out, with missing and stale parameters marked.
#[utoipa::path(tag = "vitals", request_body = RecordVitals, params(
    ("id" = EncounterId, Path, description = "the encounter"),
    ("Idempotency-Key" = Option<String>, Header, description = "makes a repeat answer as the first did"),
), responses(
    (status = 201, description = "stored", body = Changed, headers(("ETag" = String), ("Location" = String))),
    (status = 403, description = "the role may not", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "no such encounter", body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "the encounter has ended", body = Problem, content_type = "application/problem+json"),
    (status = 422, description = "the body has another shape or cannot be true", body = Problem, content_type = "application/problem+json"),
))]
#[post("/encounters/{id}/vitals")]
pub async fn record_vitals(
    app: Data<App>,
    id: Path<EncounterId>,
    command: Command<RecordVitals>,
) -> Result<HttpResponse, Problem> {
    let Command { call, body } = command;
    let RecordVitals { measurements, consciousness, on_oxygen, spo2_scale, measured_at } = body;
    let measured_at = measured_at.unwrap_or_else(|| app.clock.now());
    let vitals = Vitals { measurements, consciousness, on_oxygen, spo2_scale, measured_at, encounter: Some(*id) };
    let committed = vitals::record_vitals(&app, &call, vitals::RecordVitals { encounter: *id, vitals }).await?;
    Ok(Changed::created(committed, "/api/v1/vitals"))
}
