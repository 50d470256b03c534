//! `POST /devices`.

use actix_web::{HttpResponse, post, web::Data};
use healthcare_application::{App, device};
use healthcare_domain::device::DeviceDescription;
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use crate::{
    http::{Changed, Command},
    problem::Problem,
};

/// A device.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RegisterDevice {
    /// The serial number, unique among devices.
    #[validate(length(min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100, example = "MON-0042")]
    serial: String,
    /// What it is.
    #[validate(length(min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100, example = "bedside monitor")]
    kind: String,
    /// Maker and model.
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    model: Option<String>,
}

/// Registers a device.
#[utoipa::path(tag = "devices", request_body = RegisterDevice, responses(
    (status = 201, description = "registered", body = Changed, headers(("ETag" = String), ("Location" = String))),
    (status = 403, description = "the role may not", body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "the serial number is taken", body = Problem, content_type = "application/problem+json"),
    (status = 422, description = "a field breaks its bounds", body = Problem, content_type = "application/problem+json"),
))]
#[post("/devices")]
pub async fn register_device(app: Data<App>, command: Command<RegisterDevice>) -> Result<HttpResponse, Problem> {
    let Command { call, body: RegisterDevice { serial, kind, model } } = command;
    let description = DeviceDescription { serial, kind, model };
    let committed = device::register_device(&app, &call, device::RegisterDevice { description }).await?;
    Ok(Changed::created(committed, "/api/v1/devices"))
}
