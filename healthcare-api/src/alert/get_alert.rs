//! `GET /alerts/{id}`.

use actix_web::{
    HttpResponse, get,
    web::{Data, Path},
};
use healthcare_application::{App, alert, view::View};
use healthcare_domain::{alert::AlertContent, id::AlertId};

use crate::{
    http::{AsOf, Caller, Entity, Query},
    problem::Problem,
};

/// An alert: what was seen, who was told, who answered.
#[utoipa::path(tag = "alerts", params(("id" = AlertId, Path, description = "the alert"), AsOf), responses(
    (status = 200, description = "the alert", body = View<AlertContent>, headers(("ETag" = String))),
    (status = 403, description = "the role may not", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "no such alert", body = Problem, content_type = "application/problem+json"),
))]
#[get("/alerts/{id}")]
pub async fn get_alert(
    app: Data<App>,
    caller: Caller,
    id: Path<AlertId>,
    day: Query<AsOf>,
) -> Result<HttpResponse, Problem> {
    Ok(Entity::answer(alert::get_alert(&app, &caller.0, *id, day.0.as_of).await?))
}
