//! `GET /appointments` and `GET /patients/{id}/appointments`.

use actix_web::{
    HttpRequest, HttpResponse, get,
    web::{Data, Path},
};
use chrono::{DateTime, Utc};
use healthcare_application::{
    App,
    order::ByStart,
    read::{Page, Paging},
    scheduling::{self, AppointmentFilter},
};
use healthcare_domain::id::{AppointmentTypeId, PatientId, ResourceId};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::word;
use crate::{
    http::{Caller, Query, listed, paging},
    problem::Problem,
};

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
    sort: Option<ByStart>,
    /// From `next_cursor` of the page before.
    cursor: Option<String>,
    /// 1 to 200; 50 if absent.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u16>,
}

/// Which appointments of one patient, and of which day; all that is given must match.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct WantedOfPatient {
    /// The list as the hospital knew it then (RFC 3339).
    as_of: Option<DateTime<Utc>>,
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
    sort: Option<ByStart>,
    /// From `next_cursor` of the page before.
    cursor: Option<String>,
    /// 1 to 200; 50 if absent.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u16>,
}

impl WantedOfPatient {
    /// The day, and the rest as it is asked of all patients.
    fn split(self) -> (Option<DateTime<Utc>>, WantedAppointments) {
        let Self { as_of, resource, appointment_type, status, from, until, sort, cursor, limit } = self;
        (as_of, WantedAppointments { resource, appointment_type, status, from, until, sort, cursor, limit })
    }
}

impl WantedAppointments {
    fn read(self, patient: Option<PatientId>) -> Result<(AppointmentFilter, Paging), Problem> {
        let Self { resource, appointment_type, status, from, until, sort, cursor, limit } = self;
        let status = word(status);
        let filter = AppointmentFilter { patient, resource, status, appointment_type, from, until };
        Ok((filter, paging(cursor, limit, (sort, ByStart::Earliest))?))
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

/// Appointments of one patient, also as they were known on an earlier day; a patient sees their own.
#[utoipa::path(tag = "appointments", params(
    ("id" = PatientId, Path, description = "the patient"),
    WantedOfPatient,
), responses(
    (status = 200, description = "a page", body = Page),
))]
#[get("/patients/{id}/appointments")]
pub async fn list_patient_appointments(
    app: Data<App>,
    caller: Caller,
    id: Path<PatientId>,
    wanted: Query<WantedOfPatient>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (as_of, wanted) = wanted.0.split();
    let (filter, page) = wanted.read(Some(*id))?;
    let page = match as_of {
        None => scheduling::list_appointments(&app, &caller.0, filter, page).await?,
        Some(then) => scheduling::list_appointments_known(&app, &caller.0, (*id, filter), page, then).await?,
    };
    Ok(listed(&request, page))
}
