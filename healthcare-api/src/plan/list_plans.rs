//! `GET /patients/{id}/plans`.

use actix_web::{
    HttpRequest, HttpResponse, get,
    web::{Data, Path},
};
use chrono::{DateTime, Utc};
use healthcare_application::{
    App, chart,
    order::ByTime,
    plan::{self, PlanFilter},
    read::{EntryFilter, Page},
    view::Kind,
};
use healthcare_domain::{id::PatientId, plan::PlanStatus};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::{
    http::{Caller, Query, listed, paging},
    problem::Problem,
};

/// Which plans; all that is given must match.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct WantedPlans {
    /// Where they stand.
    #[param(inline)]
    status: Option<PlanStatus>,
    /// Only those that are followed or rest, or only those that do not.
    active: Option<bool>,
    /// In which order; what begins last comes first if absent.
    #[param(inline)]
    sort: Option<ByTime>,
    /// The list as the hospital knew it then (RFC 3339).
    as_of: Option<DateTime<Utc>>,
    /// From `next_cursor` of the page before.
    cursor: Option<String>,
    /// 1 to 200; 50 if absent.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u16>,
}

/// The plans of a patient, those that another system keeps included.
#[utoipa::path(tag = "plans", params(("id" = PatientId, Path, description = "the patient"), WantedPlans), responses(
    (status = 200, description = "a page", body = Page),
))]
#[get("/patients/{id}/plans")]
pub async fn list_plans(
    app: Data<App>,
    caller: Caller,
    id: Path<PatientId>,
    wanted: Query<WantedPlans>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let WantedPlans { status, active, sort, as_of, cursor, limit } = wanted.0;
    let page = paging(cursor, limit, (sort, ByTime::Newest))?;
    let status = status.map(|status| status.as_str().to_owned());
    if as_of.is_some() {
        let filter = EntryFilter { active, code: status, ..EntryFilter::of(Kind::Plan) };
        return Ok(listed(&request, chart::list_entries(&app, &caller.0, *id, filter, page, as_of).await?));
    }
    let filter = PlanFilter { status, active };
    Ok(listed(&request, plan::list_plans(&app, &caller.0, *id, filter, page).await?))
}
