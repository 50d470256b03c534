//! `GET /waitlist`.

use actix_web::{HttpRequest, HttpResponse, get, web::Data};
use chrono::{DateTime, Utc};
use healthcare_application::{
    App,
    order::ByRank,
    read::Page,
    scheduling::{self, WaitlistFilter},
};
use healthcare_domain::id::{AppointmentTypeId, PatientId};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::word;
use crate::{
    http::{Caller, Query, listed, of_one, paging},
    problem::Problem,
};

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
    /// As the hospital knew them then (RFC 3339); with `patient` alone.
    as_of: Option<DateTime<Utc>>,
    /// For this type.
    #[param(value_type = Option<Uuid>)]
    appointment_type: Option<AppointmentTypeId>,
    /// Where they stand.
    #[param(inline)]
    status: Option<WaitlistStatus>,
    /// In which order; who is asked first comes first if absent.
    #[param(inline)]
    sort: Option<ByRank>,
    /// From `next_cursor` of the page before.
    cursor: Option<String>,
    /// 1 to 200; 50 if absent.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u16>,
}

/// The waitlist, in the order in which something is offered, if not asked otherwise; of one patient also as it was known on an
/// earlier day.
#[utoipa::path(tag = "waitlist", params(WantedWishes), responses((status = 200, description = "a page", body = Page)))]
#[get("/waitlist")]
pub async fn list_waitlist(
    app: Data<App>,
    caller: Caller,
    wanted: Query<WantedWishes>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let WantedWishes { patient, as_of, appointment_type, status, sort, cursor, limit } = wanted.0;
    let filter = WaitlistFilter { patient, status: word(status), appointment_type };
    let page = paging(cursor, limit, (sort, ByRank::First))?;
    let page = match of_one(as_of, patient)? {
        None => scheduling::list_waitlist(&app, &caller.0, filter, page).await?,
        Some((then, whose)) => scheduling::list_waitlist_known(&app, &caller.0, (whose, filter), page, then).await?,
    };
    Ok(listed(&request, page))
}
