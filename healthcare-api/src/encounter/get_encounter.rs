//! `GET /encounters/{id}`.

use actix_web::{
    HttpResponse, get,
    web::{Data, Path},
};
use healthcare_application::{App, encounter, view::View};
use healthcare_domain::{encounter::Visit, id::EncounterId};

use crate::{
    http::{AsOf, Caller, Entity, Query},
    problem::Problem,
};

/// A visit or stay: how it began, where the patient is, its course, diagnoses and team, and how it ended.
#[utoipa::path(tag = "encounters", params(("id" = EncounterId, Path, description = "the encounter"), AsOf), responses(
    (status = 200, description = "the encounter", body = View<Visit>, headers(("ETag" = String))),
    (status = 403, description = "the role may not", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "no such encounter", body = Problem, content_type = "application/problem+json"),
))]
#[get("/encounters/{id}")]
pub async fn get_encounter(
    app: Data<App>,
    caller: Caller,
    id: Path<EncounterId>,
    day: Query<AsOf>,
) -> Result<HttpResponse, Problem> {
    Ok(Entity::answer(encounter::get_encounter(&app, &caller.0, *id, day.0.as_of).await?))
}
