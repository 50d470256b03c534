//! `POST /devices/{id}/assign`.

use actix_web::{
    HttpResponse, post,
    web::{Data, Path},
};
use chrono::{DateTime, Utc};
use healthcare_application::{App, device};
use healthcare_domain::id::{DeviceId, PatientId};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use crate::{
    http::{Changed, Command},
    problem::Problem,
};

/// On whom the device is put.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AssignDevice {
    /// The patient.
    patient: PatientId,
    /// From when its readings are theirs; now if absent.
    at: Option<DateTime<Utc>>,
}

/// Puts a device on a patient. From then on its readings are theirs.
#[utoipa::path(tag = "devices", request_body = AssignDevice, params(("id" = DeviceId, Path, description = "the device")), responses(
    (status = 200, description = "assigned", body = Changed, headers(("ETag" = String))),
    (status = 403, description = "the role may not", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "no such device or patient", body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "the device is on somebody", body = Problem, content_type = "application/problem+json"),
    (status = 422, description = "the time cannot be", body = Problem, content_type = "application/problem+json"),
))]
#[post("/devices/{id}/assign")]
pub async fn assign_device(
    app: Data<App>,
    id: Path<DeviceId>,
    command: Command<AssignDevice>,
) -> Result<HttpResponse, Problem> {
    let Command { call, body: AssignDevice { patient, at } } = command;
    let committed = device::assign_device(&app, &call, device::AssignDevice { device: *id, patient, at }).await?;
    Ok(Changed::done(committed))
}
