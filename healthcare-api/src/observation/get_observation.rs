//! `GET /observations/{id}`.

use actix_web::{
    HttpResponse, get,
    web::{Data, Path},
};
use healthcare_application::{App, observation, view::View};
use healthcare_domain::{id::ObservationId, observation::Observation};

use crate::{
    http::{AsOf, Caller, Entity, Query},
    problem::Problem,
};

/// A result or another observation, and of a result who has seen it.
#[utoipa::path(tag = "results", params(("id" = ObservationId, Path, description = "the observation"), AsOf), responses(
    (status = 200, description = "as it stands", body = View<Observation>, headers(("ETag" = String))),
))]
#[get("/observations/{id}")]
pub async fn get_observation(
    app: Data<App>,
    caller: Caller,
    id: Path<ObservationId>,
    day: Query<AsOf>,
) -> Result<HttpResponse, Problem> {
    Ok(Entity::answer(observation::get_observation(&app, &caller.0, *id, day.0.as_of).await?))
}
