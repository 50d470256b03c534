//! The lists: `GET /schedules`, `/appointment-types`, `/appointments`, `/patients/{id}/appointments`, `/waitlist`.

use actix_web::{
    HttpRequest, HttpResponse, get,
    web::{Data, Path},
};
use chrono::{DateTime, Utc};
use healthcare_application::{
    App, QueryError,
    read::{Page, Paging},
    scheduling::{self, AppointmentFilter, AppointmentSort, WaitlistFilter},
    view::Kind,
};
use healthcare_domain::{
    id::{AppointmentTypeId, PatientId, ResourceId},
    scheduling::resource::ResourceKind,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{
    http::{Caller, Query, limit, listed},
    problem::Problem,
};

fn paging(cursor: Option<String>, asked: Option<u16>) -> Result<Paging, Problem> {
    let after = cursor.map(|text| text.parse()).transpose().map_err(|_| QueryError::BadCursor)?;
    Ok(Paging { after, limit: limit(asked)? })
}

/// The name of a value that stands in a query, as it is stored.
fn word<T: Serialize>(value: Option<T>) -> Option<String> {
    value.and_then(|one| serde_json::to_value(one).ok()?.as_str().map(str::to_owned))
}

/// Which resources; all that is given must match.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct WantedResources {
    /// What they are.
    #[param(inline)]
    kind: Option<ResourceKind>,
    /// Only those that can be booked, or only those that cannot.
    active: Option<bool>,
    /// From `next_cursor` of the page before.
    cursor: Option<String>,
    /// 1 to 200; 50 if absent.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u16>,
}

/// Practitioners, rooms and devices that can be booked, the newest first.
#[utoipa::path(tag = "schedules", params(WantedResources), responses((status = 200, description = "a page", body = Page)))]
#[get("/schedules")]
pub async fn list_resources(
    app: Data<App>,
    caller: Caller,
    wanted: Query<WantedResources>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let WantedResources { kind, active, cursor, limit } = wanted.0;
    let filter = (active, kind.map(ResourceKind::as_str));
    let page = paging(cursor, limit)?;
    Ok(listed(&request, scheduling::list_of_nobody(&app, &caller.0, Kind::Resource, filter, page).await?))
}

/// Which types of appointment; all that is given must match.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct WantedTypes {
    /// Only those that are offered, or only those that are not.
    active: Option<bool>,
    /// From `next_cursor` of the page before.
    cursor: Option<String>,
    /// 1 to 200; 50 if absent.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u16>,
}

/// Types of appointment, the newest first.
#[utoipa::path(tag = "schedules", params(WantedTypes), responses((status = 200, description = "a page", body = Page)))]
#[get("/appointment-types")]
pub async fn list_appointment_types(
    app: Data<App>,
    caller: Caller,
    wanted: Query<WantedTypes>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let WantedTypes { active, cursor, limit } = wanted.0;
    let page = paging(cursor, limit)?;
    Ok(listed(
        &request,
        scheduling::list_of_nobody(&app, &caller.0, Kind::AppointmentType, (active, None), page).await?,
    ))
}

/// Where an appointment stands (FHIR AppointmentStatus, with `released` for what was held and not taken).
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs)]
pub enum AppointmentStatus {
    Pending,
    Booked,
    Arrived,
    Fulfilled,
    Cancelled,
    Noshow,
    Released,
}

/// Which appointments; all that is given must match.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct WantedAppointments {
    /// With this resource.
    #[param(value_type = Option<Uuid>)]
    resource: Option<ResourceId>,
    /// Of this type.
    #[param(value_type = Option<Uuid>)]
    appointment_type: Option<AppointmentTypeId>,
    /// Where they stand.
    #[param(inline)]
    status: Option<AppointmentStatus>,
    /// That begin then or later.
    from: Option<DateTime<Utc>>,
    /// That begin before.
    until: Option<DateTime<Utc>>,
    /// In which order; the earliest first if absent.
    #[param(inline)]
    sort: Option<AppointmentSort>,
    /// From `next_cursor` of the page before.
    cursor: Option<String>,
    /// 1 to 200; 50 if absent.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u16>,
}

impl WantedAppointments {
    fn read(self, patient: Option<PatientId>) -> Result<(AppointmentFilter, Paging), Problem> {
        let Self { resource, appointment_type, status, from, until, sort, cursor, limit } = self;
        let (status, sort) = (word(status), sort.unwrap_or_default());
        let filter = AppointmentFilter { patient, resource, status, appointment_type, from, until, sort };
        Ok((filter, paging(cursor, limit)?))
    }
}

/// Appointments of the patients whom the caller may see.
#[utoipa::path(tag = "appointments", params(WantedAppointments), responses((status = 200, description = "a page", body = Page)))]
#[get("/appointments")]
pub async fn list_appointments(
    app: Data<App>,
    caller: Caller,
    wanted: Query<WantedAppointments>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (filter, page) = wanted.0.read(None)?;
    Ok(listed(&request, scheduling::list_appointments(&app, &caller.0, filter, page).await?))
}

/// Appointments of one patient; a patient sees their own.
#[utoipa::path(tag = "appointments", params(("id" = PatientId, Path, description = "the patient"), WantedAppointments), responses(
    (status = 200, description = "a page", body = Page),
))]
#[get("/patients/{id}/appointments")]
pub async fn list_patient_appointments(
    app: Data<App>,
    caller: Caller,
    id: Path<PatientId>,
    wanted: Query<WantedAppointments>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (filter, page) = wanted.0.read(Some(*id))?;
    Ok(listed(&request, scheduling::list_appointments(&app, &caller.0, filter, page).await?))
}

/// Where a wish stands.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs)]
pub enum WaitlistStatus {
    Waiting,
    Offered,
    Fulfilled,
    Withdrawn,
}

/// Which wishes; all that is given must match.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct WantedWishes {
    /// Whose.
    #[param(value_type = Option<Uuid>)]
    patient: Option<PatientId>,
    /// For this type.
    #[param(value_type = Option<Uuid>)]
    appointment_type: Option<AppointmentTypeId>,
    /// Where they stand.
    #[param(inline)]
    status: Option<WaitlistStatus>,
    /// From `next_cursor` of the page before.
    cursor: Option<String>,
    /// 1 to 200; 50 if absent.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u16>,
}

/// The waitlist, in the order in which something is offered.
#[utoipa::path(tag = "waitlist", params(WantedWishes), responses((status = 200, description = "a page", body = Page)))]
#[get("/waitlist")]
pub async fn list_waitlist(
    app: Data<App>,
    caller: Caller,
    wanted: Query<WantedWishes>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let WantedWishes { patient, appointment_type, status, cursor, limit } = wanted.0;
    let filter = WaitlistFilter { patient, status: word(status), appointment_type };
    let page = paging(cursor, limit)?;
    Ok(listed(&request, scheduling::list_waitlist(&app, &caller.0, filter, page).await?))
}
