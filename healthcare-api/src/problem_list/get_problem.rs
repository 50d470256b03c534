//! `GET /problems/{id}`.

use actix_web::{
    HttpResponse, get,
    web::{Data, Path},
};
use healthcare_application::{App, problem, view::View};
use healthcare_domain::{id::ProblemId, problem::Problem as Entry};

use crate::{
    http::{AsOf, Caller, Entity, Query},
    problem::Problem,
};

/// A problem, diagnosis or concern.
#[utoipa::path(tag = "problems", params(("id" = ProblemId, Path, description = "the problem"), AsOf), responses(
    (status = 200, description = "as it stands", body = View<Entry>, headers(("ETag" = String))),
))]
#[get("/problems/{id}")]
pub async fn get_problem(
    app: Data<App>,
    caller: Caller,
    id: Path<ProblemId>,
    day: Query<AsOf>,
) -> Result<HttpResponse, Problem> {
    Ok(Entity::answer(problem::get_problem(&app, &caller.0, *id, day.0.as_of).await?))
}
