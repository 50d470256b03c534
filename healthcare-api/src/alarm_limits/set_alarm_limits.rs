//! `PUT /patients/{id}/alarm-limits/{code}`.

use actix_web::{
    HttpResponse, put,
    web::{Data, Path},
};
use chrono::{DateTime, Utc};
use healthcare_application::{App, alarm_limits};
use healthcare_domain::{
    alarm_limits::{AlarmLimit, PatientLimits},
    id::PatientId,
    text::Remark,
    vitals::VitalSign,
};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use crate::{
    http::{Changed, Command},
    problem::Problem,
};

/// Limits of one vital sign, in its own unit. A side that is not given keeps the site's limit.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetAlarmLimits {
    /// The lower limit.
    low: Option<AlarmLimit>,
    /// The upper limit.
    high: Option<AlarmLimit>,
    /// Why the site's limits do not suit this patient.
    reason: Remark,
    /// When the site's hold again, within 7 days.
    expires_at: DateTime<Utc>,
}

/// Sets alarm limits of one vital sign for a patient, in place of the site's, for 7 days at the most. Whoever sets them
/// answers for them. No alarm is moved so far that severe desaturation (80 %) or another extreme goes without one.
/// Telemetry alarms by them within a second or so; when they expire, by the site's again.
#[utoipa::path(tag = "telemetry", request_body(content = SetAlarmLimits, example = json!({
    "low": { "warn": "86", "critical": "82" }, "reason": "prescribed target 88 to 92 %", "expires_at": "2026-11-24T08:00:00Z"
})), params(
    ("id" = PatientId, Path, description = "the patient"),
    ("code" = String, Path, description = "the vital sign, by its LOINC code", example = "59408-5"),
    ("If-Match" = String, Header, description = "the version that was seen; `\"0\"` where none are set yet"),
    ("Idempotency-Key" = Option<String>, Header, description = "makes a repeat answer as the first did"),
), responses(
    (status = 200, description = "set", body = Changed, headers(("ETag" = String))),
    (status = 403, description = "the role may not", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "no such patient, or no such vital sign", body = Problem, content_type = "application/problem+json"),
    (status = 412, description = "changed meanwhile", body = Problem, content_type = "application/problem+json"),
    (status = 422, description = "the limits cannot be set so", body = Problem, content_type = "application/problem+json"),
    (status = 428, description = "If-Match is missing", body = Problem, content_type = "application/problem+json"),
))]
#[put("/patients/{id}/alarm-limits/{code}")]
pub async fn set_alarm_limits(
    app: Data<App>,
    path: Path<(PatientId, String)>,
    command: Command<SetAlarmLimits>,
) -> Result<HttpResponse, Problem> {
    let (patient, code) = path.into_inner();
    let sign = VitalSign::from_loinc(&code).ok_or_else(Problem::not_found)?;
    let Command { call, body: SetAlarmLimits { low, high, reason, expires_at } } = command;
    let limits = PatientLimits { patient, sign, low, high, reason, expires_at };
    Ok(Changed::done(alarm_limits::set_alarm_limits(&app, &call, limits).await?))
}
