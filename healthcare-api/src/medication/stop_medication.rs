//! `POST /medication-orders/{id}/stop`.

use actix_web::{
    HttpResponse, post,
    web::{Data, Path},
};
use chrono::{DateTime, Utc};
use healthcare_application::{App, medication};
use healthcare_domain::{id::MedicationOrderId, text::Remark};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use crate::{
    http::{Changed, Command},
    problem::Problem,
};

/// Why it is stopped.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StopMedication {
    /// In the words of whoever stops it.
    reason: Remark,
    /// Now, if not said.
    at: Option<DateTime<Utc>>,
}

/// Stops a medication.
#[utoipa::path(tag = "medication", request_body = StopMedication, params(("id" = MedicationOrderId, Path, description = "the order")), responses(
    (status = 200, description = "stopped", body = Changed, headers(("ETag" = String))),
    (status = 403, description = "the role may not", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "no such order", body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "it is no longer active", body = Problem, content_type = "application/problem+json"),
))]
#[post("/medication-orders/{id}/stop")]
pub async fn stop_medication(
    app: Data<App>,
    id: Path<MedicationOrderId>,
    command: Command<StopMedication>,
) -> Result<HttpResponse, Problem> {
    let Command { call, body: StopMedication { reason, at } } = command;
    let cmd = medication::StopMedication { order: *id, reason, at };
    Ok(Changed::done(medication::stop_medication(&app, &call, cmd).await?))
}
