//! `GET /schedules/{id}`.

use actix_web::{
    HttpResponse, get,
    web::{Data, Path},
};
use healthcare_application::{
    App, scheduling,
    view::{Kind, View},
};
use healthcare_domain::{id::ResourceId, scheduling::resource::Schedule};

use crate::{
    http::{AsOf, Caller, Entity, Query},
    problem::Problem,
};

/// A practitioner, room or device that can be booked, with its hours and closures.
#[utoipa::path(tag = "schedules", params(("id" = ResourceId, Path, description = "the resource"), AsOf), responses(
    (status = 200, description = "as it stands", body = View<Schedule>, headers(("ETag" = String))),
))]
#[get("/schedules/{id}")]
pub async fn get_resource(
    app: Data<App>,
    caller: Caller,
    id: Path<ResourceId>,
    day: Query<AsOf>,
) -> Result<HttpResponse, Problem> {
    Ok(Entity::answer(scheduling::get_of_nobody(&app, &caller.0, (Kind::Resource, id.0), day.0.as_of).await?))
}
