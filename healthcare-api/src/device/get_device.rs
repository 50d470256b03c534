//! `GET /devices/{id}`.

use actix_web::{
    HttpResponse, get,
    web::{Data, Path},
};
use healthcare_application::{App, device, view::View};
use healthcare_domain::{device::DeviceDescription, id::DeviceId};

use crate::{
    http::{AsOf, Caller, Entity, Query},
    problem::Problem,
};

/// A device: what it is, and on whom since when (`assigned_to`, `assigned_since`). On whom is told to who may put it on that
/// patient and take it off; who keeps the devices of the house is told that it is on somebody.
#[utoipa::path(tag = "devices", params(("id" = DeviceId, Path, description = "the device"), AsOf), responses(
    (status = 200, description = "as it stands", body = View<DeviceDescription>, headers(("ETag" = String))),
))]
#[get("/devices/{id}")]
pub async fn get_device(
    app: Data<App>,
    caller: Caller,
    id: Path<DeviceId>,
    day: Query<AsOf>,
) -> Result<HttpResponse, Problem> {
    Ok(Entity::answer(device::get_device(&app, &caller.0, *id, day.0.as_of).await?))
}
