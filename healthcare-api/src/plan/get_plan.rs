//! `GET /plans/{id}`.

use actix_web::{
    HttpResponse, get,
    web::{Data, Path},
};
use healthcare_application::{
    App,
    plan::{self, PlanView},
};
use healthcare_domain::id::PlanId;

use crate::{
    http::{AsOf, Caller, Query},
    problem::Problem,
};

/// A plan as it stands, and of each goal that has a measure what was measured last.
#[utoipa::path(tag = "plans", params(("id" = PlanId, Path, description = "the plan"), AsOf), responses(
    (status = 200, description = "the plan", body = PlanView, headers(("ETag" = String))),
))]
#[get("/plans/{id}")]
pub async fn get_plan(
    app: Data<App>,
    caller: Caller,
    id: Path<PlanId>,
    day: Query<AsOf>,
) -> Result<HttpResponse, Problem> {
    let plan = plan::get_plan(&app, &caller.0, *id, day.0.as_of).await?;
    Ok(HttpResponse::Ok().insert_header(("etag", format!("\"{}\"", plan.version))).json(plan))
}
