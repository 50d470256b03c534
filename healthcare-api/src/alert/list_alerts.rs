//! `GET /alerts`.

use actix_web::{HttpRequest, HttpResponse, get, web::Data};
use chrono::{DateTime, Utc};
use healthcare_application::{
    App,
    alert::{self, AlertFilter, AlertStatus},
    order::ByTime,
    read::Page,
};
use healthcare_domain::{alert::Priority, id::PatientId};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::{
    http::{Caller, Query, listed, of_one, paging},
    problem::Problem,
};

/// Which alerts; all that is given must match.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Wanted {
    /// How urgent.
    #[param(inline)]
    priority: Option<Priority>,
    /// Where they stand.
    #[param(inline)]
    status: Option<AlertStatus>,
    /// Whose.
    #[param(value_type = Option<uuid::Uuid>)]
    patient: Option<PatientId>,
    /// As the hospital knew them then (RFC 3339); with `patient` alone.
    as_of: Option<DateTime<Utc>>,
    /// In which order; the newest first if absent.
    #[param(inline)]
    sort: Option<ByTime>,
    /// From `next_cursor` of the page before.
    cursor: Option<String>,
    /// 1 to 200; 50 if absent.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u16>,
}

/// Alerts of all patients, or of one, also as they were known on an earlier day; the newest first if not asked otherwise.
#[utoipa::path(tag = "alerts", params(Wanted), responses(
    (status = 200, description = "a page of alerts", body = Page),
    (status = 400, description = "a parameter cannot be read", body = Problem, content_type = "application/problem+json"),
    (status = 403, description = "the role may not", body = Problem, content_type = "application/problem+json"),
))]
#[get("/alerts")]
pub async fn list_alerts(
    app: Data<App>,
    caller: Caller,
    wanted: Query<Wanted>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let Wanted { priority, status, patient, as_of, sort, cursor, limit } = wanted.0;
    let page = paging(cursor, limit, (sort, ByTime::Newest))?;
    let filter = AlertFilter { priority, status, patient };
    let page = match of_one(as_of, patient)? {
        None => alert::list_alerts(&app, &caller.0, filter, page).await?,
        Some((then, whose)) => alert::list_alerts_known(&app, &caller.0, (whose, filter), page, then).await?,
    };
    Ok(listed(&request, page))
}
