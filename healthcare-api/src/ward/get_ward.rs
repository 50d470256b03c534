//! `GET /wards/{id}`.

use actix_web::{
    HttpResponse, get,
    web::{Data, Path},
};
use healthcare_application::{App, view::View, ward};
use healthcare_domain::{id::WardId, ward::Rooms};

use crate::{
    http::{AsOf, Caller, Entity, Query},
    problem::Problem,
};

/// A ward with its rooms.
#[utoipa::path(tag = "wards", params(("id" = WardId, Path, description = "the ward"), AsOf), responses(
    (status = 200, description = "as it stands", body = View<Rooms>, headers(("ETag" = String))),
))]
#[get("/wards/{id}")]
pub async fn get_ward(
    app: Data<App>,
    caller: Caller,
    id: Path<WardId>,
    day: Query<AsOf>,
) -> Result<HttpResponse, Problem> {
    Ok(Entity::answer(ward::get_ward(&app, &caller.0, *id, day.0.as_of).await?))
}
