//! `POST /schedules`.

use actix_web::{HttpResponse, post, web::Data};
use healthcare_application::{App, scheduling};
use healthcare_domain::{
    code::CodeableConcept,
    id::{AccountId, DeviceId, PractitionerId},
    scheduling::{
        resource::{ResourceKind, ResourceProfile},
        zone::Zone,
    },
};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use crate::{
    http::{Changed, Command, bounds::concepts},
    problem::Problem,
};

/// Somebody or something that can be booked.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AddResource {
    /// What it is.
    kind: ResourceKind,
    /// What people call it.
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    name: String,
    /// The zone whose clock its hours are written in.
    time_zone: Zone,
    /// The account of a practitioner of the house.
    account: Option<AccountId>,
    /// The practitioner as the record knows them, e.g. from an import.
    practitioner: Option<PractitionerId>,
    /// The device as the record knows it.
    device: Option<DeviceId>,
    /// What it is for.
    #[serde(default)]
    #[validate(custom(function = "concepts"))]
    service_types: Vec<CodeableConcept>,
}

/// Adds a practitioner, a room or a device that can be booked. It has no hours yet.
#[utoipa::path(tag = "schedules", request_body(content = AddResource, example = json!({
    "kind": "practitioner", "name": "Dr Moss", "time_zone": "Europe/Lisbon"
})), params(("Idempotency-Key" = Option<String>, Header, description = "makes a repeat answer as the first did")), responses(
    (status = 201, description = "added", body = Changed, headers(("ETag" = String), ("Location" = String))),
))]
#[post("/schedules")]
pub async fn add_resource(app: Data<App>, command: Command<AddResource>) -> Result<HttpResponse, Problem> {
    let AddResource { kind, name, time_zone, account, practitioner, device, service_types } = command.body;
    let profile = ResourceProfile { kind, name, time_zone, account, practitioner, device, service_types };
    Ok(Changed::created(scheduling::add_resource(&app, &command.call, profile).await?, "/api/v1/schedules"))
}
