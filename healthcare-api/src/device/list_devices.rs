//! `GET /devices`.

use actix_web::{HttpRequest, HttpResponse, get, web::Data};
use healthcare_application::{
    App,
    device::{self, DeviceFilter},
    order::ByTime,
    read::Page,
};
use healthcare_domain::id::PatientId;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::{
    http::{Caller, Query, listed, paging},
    problem::Problem,
};

/// Which devices; all that is given must match.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct WantedDevices {
    /// With this serial number.
    serial: Option<String>,
    /// On this patient; for who may put a device on them.
    #[param(value_type = Option<Uuid>)]
    patient: Option<PatientId>,
    /// Only those that are on nobody, or only those that are on somebody.
    free: Option<bool>,
    /// In which order; what was last put on or taken off comes first if absent.
    #[param(inline)]
    sort: Option<ByTime>,
    /// From `next_cursor` of the page before.
    cursor: Option<String>,
    /// 1 to 200; 50 if absent.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u16>,
}

/// The devices of the house. On whom each is (`assigned_to`, `assigned_since`) is told of patients on whom the caller may put
/// one; of the others, that it is on somebody.
#[utoipa::path(tag = "devices", params(WantedDevices), responses((status = 200, description = "a page", body = Page)))]
#[get("/devices")]
pub async fn list_devices(
    app: Data<App>,
    caller: Caller,
    wanted: Query<WantedDevices>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let WantedDevices { serial, patient, free, sort, cursor, limit } = wanted.0;
    let page = paging(cursor, limit, (sort, ByTime::Newest))?;
    let filter = DeviceFilter { serial, patient, free };
    Ok(listed(&request, device::list_devices(&app, &caller.0, filter, page).await?))
}
