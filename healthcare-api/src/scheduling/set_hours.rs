//! `PUT /schedules/{id}/hours`.

use actix_web::{
    HttpResponse, put,
    web::{Data, Path},
};
use healthcare_application::{App, scheduling};
use healthcare_domain::{id::ResourceId, scheduling::resource::Hours};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use crate::{
    http::{Changed, Command},
    problem::Problem,
};

/// The hours of each week.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetHours {
    /// All of them, by the clock on the wall.
    #[validate(length(max = 100))]
    #[schema(max_items = 100)]
    hours: Vec<Hours>,
}

/// Gives a resource other hours, with the templates of their slots. What is booked stays booked.
#[utoipa::path(tag = "schedules", request_body(content = SetHours, example = json!({ "hours": [
    { "day": "monday", "from": "08:00:00", "until": "12:00:00", "slot_minutes": 20 }
] })), params(
    ("id" = ResourceId, Path, description = "the resource"),
    ("If-Match" = String, Header, description = "the version that was seen"),
    ("Idempotency-Key" = Option<String>, Header, description = "makes a repeat answer as the first did"),
), responses(
    (status = 200, description = "set", body = Changed, headers(("ETag" = String))),
    (status = 428, description = "If-Match is missing", body = Problem, content_type = "application/problem+json"),
))]
#[put("/schedules/{id}/hours")]
pub async fn set_hours(
    app: Data<App>,
    id: Path<ResourceId>,
    command: Command<SetHours>,
) -> Result<HttpResponse, Problem> {
    Ok(Changed::done(scheduling::set_hours(&app, &command.call, *id, command.body.hours).await?))
}
