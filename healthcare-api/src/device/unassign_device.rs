//! `POST /devices/{id}/unassign`.

use actix_web::{
    HttpResponse, post,
    web::{Data, Path},
};
use chrono::{DateTime, Utc};
use healthcare_application::{App, device};
use healthcare_domain::id::DeviceId;
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use crate::{
    http::{Changed, Command},
    problem::Problem,
};

/// When the device was taken off.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UnassignDevice {
    /// Until when its readings were the patient's; now if absent.
    at: Option<DateTime<Utc>>,
}

/// Takes a device off its patient. From then on its readings are nobody's.
#[utoipa::path(tag = "devices", request_body = UnassignDevice, params(("id" = DeviceId, Path, description = "the device")), responses(
    (status = 200, description = "taken off", body = Changed, headers(("ETag" = String))),
    (status = 403, description = "the role may not", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "no such device", body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "the device is on nobody", body = Problem, content_type = "application/problem+json"),
    (status = 422, description = "the time cannot be", body = Problem, content_type = "application/problem+json"),
))]
#[post("/devices/{id}/unassign")]
pub async fn unassign_device(
    app: Data<App>,
    id: Path<DeviceId>,
    command: Command<UnassignDevice>,
) -> Result<HttpResponse, Problem> {
    let Command { call, body: UnassignDevice { at } } = command;
    let committed = device::unassign_device(&app, &call, device::UnassignDevice { device: *id, at }).await?;
    Ok(Changed::done(committed))
}
