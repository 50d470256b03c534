//! `GET /patients/{id}/plans`.

use actix_web::{
    HttpRequest, HttpResponse, get,
    web::{Data, Path},
};
use healthcare_application::{
    App, QueryError,
    plan::{self, PlanFilter, PlanSort},
    read::{Page, Paging},
};
use healthcare_domain::{id::PatientId, plan::PlanStatus};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::{
    http::{Caller, Query, limit, listed},
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
    sort: Option<PlanSort>,
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
    let WantedPlans { status, active, sort, cursor, limit: asked } = wanted.0;
    let after = cursor.map(|text| text.parse()).transpose().map_err(|_| QueryError::BadCursor)?;
    let page = Paging { after, limit: limit(asked)? };
    let status = status.map(|status| status.as_str().to_owned());
    let filter = PlanFilter { status, active, sort: sort.unwrap_or_default() };
    Ok(listed(&request, plan::list_plans(&app, &caller.0, *id, filter, page).await?))
}
