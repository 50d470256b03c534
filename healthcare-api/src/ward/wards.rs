//! Wards over REST: `GET`, `POST /wards`, `GET`, `PUT /wards/{id}`, `POST /wards/{id}/rooms`, `…/remove`, `…/close`.

use actix_web::{
    HttpRequest, HttpResponse, get, post, put,
    web::{Data, Path},
};
use healthcare_application::{App, read::Page, view::View, ward};
use healthcare_domain::{
    code::CodeableConcept,
    encounter::Demands,
    id::WardId,
    ward::{Rooms, WardProfile},
};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use super::place;
use crate::{
    http::{Caller, Changed, Command, Entity, Nothing, Query, bounds::concept, limit, listed},
    problem::Problem,
};

/// What a ward is.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DescribeWard {
    /// What people call it; its staff are assigned to it under this name.
    #[validate(length(min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100)]
    name: String,
    /// What it is for.
    #[validate(custom(function = "concept"))]
    specialty: Option<CodeableConcept>,
    /// What has to be there before somebody leaves it.
    #[serde(default)]
    demands: Demands,
    /// Whether a bed is cleaned before the next patient; yes if not said.
    #[serde(default = "yes")]
    #[schema(default = true)]
    cleans_beds: bool,
}

fn yes() -> bool {
    true
}

impl From<DescribeWard> for WardProfile {
    fn from(said: DescribeWard) -> Self {
        let DescribeWard { name, specialty, demands, cleans_beds } = said;
        Self { name, specialty, demands, cleans_beds }
    }
}

/// A room.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Room {
    /// Its name.
    #[validate(length(min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100)]
    room: String,
}

/// Which wards.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct WantedWards {
    /// Only those that are open, or only those that are closed.
    active: Option<bool>,
    /// From `next_cursor` of the page before.
    cursor: Option<String>,
    /// 1 to 200; 50 if absent.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u16>,
}

/// Opens a ward. It has no rooms yet.
#[utoipa::path(tag = "wards", request_body(content = DescribeWard, example = json!({
    "name": "West", "demands": { "summary": true, "diagnosis": true }
})), params(("Idempotency-Key" = Option<String>, Header, description = "makes a repeat answer as the first did")), responses(
    (status = 201, description = "open", body = Changed, headers(("ETag" = String), ("Location" = String))),
))]
#[post("/wards")]
pub async fn open_ward(app: Data<App>, command: Command<DescribeWard>) -> Result<HttpResponse, Problem> {
    Ok(Changed::created(ward::open_ward(&app, &command.call, command.body.into()).await?, "/api/v1/wards"))
}

/// Wards by name, each with how many of its beds are free, occupied, to be cleaned, blocked.
#[utoipa::path(tag = "wards", params(WantedWards), responses((status = 200, description = "a page", body = Page)))]
#[get("/wards")]
pub async fn list_wards(
    app: Data<App>,
    caller: Caller,
    wanted: Query<WantedWards>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let WantedWards { active, cursor, limit: asked } = wanted.0;
    let page = (place(cursor)?, limit(asked)?);
    Ok(listed(&request, ward::list_wards(&app, &caller.0, active, page).await?))
}

/// A ward with its rooms.
#[utoipa::path(tag = "wards", params(("id" = WardId, Path, description = "the ward")), responses(
    (status = 200, description = "as it stands", body = View<Rooms>, headers(("ETag" = String))),
))]
#[get("/wards/{id}")]
pub async fn get_ward(app: Data<App>, caller: Caller, id: Path<WardId>) -> Result<HttpResponse, Problem> {
    Ok(Entity::answer(ward::get_ward(&app, &caller.0, *id).await?))
}

/// Revises what a ward is and asks for; its name stays.
#[utoipa::path(tag = "wards", request_body(content = DescribeWard, example = json!({
    "name": "West", "demands": { "summary": true }, "cleans_beds": false
})), params(
    ("id" = WardId, Path, description = "the ward"),
    ("If-Match" = String, Header, description = "the version that was seen"),
    ("Idempotency-Key" = Option<String>, Header, description = "makes a repeat answer as the first did"),
), responses(
    (status = 200, description = "revised", body = Changed, headers(("ETag" = String))),
    (status = 428, description = "If-Match is missing", body = Problem, content_type = "application/problem+json"),
))]
#[put("/wards/{id}")]
pub async fn revise_ward(
    app: Data<App>,
    id: Path<WardId>,
    command: Command<DescribeWard>,
) -> Result<HttpResponse, Problem> {
    Ok(Changed::done(ward::revise_ward(&app, &command.call, *id, command.body.into()).await?))
}

/// Adds a room to a ward.
#[utoipa::path(tag = "wards", request_body(content = Room, example = json!({ "room": "101" })), params(
    ("id" = WardId, Path, description = "the ward"),
    ("Idempotency-Key" = Option<String>, Header, description = "makes a repeat answer as the first did"),
    ("If-Match" = Option<String>, Header, description = "the version that was seen, if it matters"),
), responses((status = 200, description = "added", body = Changed, headers(("ETag" = String)))))]
#[post("/wards/{id}/rooms")]
pub async fn add_room(app: Data<App>, id: Path<WardId>, command: Command<Room>) -> Result<HttpResponse, Problem> {
    Ok(Changed::done(ward::add_room(&app, &command.call, *id, command.body.room).await?))
}

/// Takes a room out in which no beds stand.
#[utoipa::path(tag = "wards", request_body(content = Room, example = json!({ "room": "101" })), params(
    ("id" = WardId, Path, description = "the ward"),
    ("Idempotency-Key" = Option<String>, Header, description = "makes a repeat answer as the first did"),
    ("If-Match" = Option<String>, Header, description = "the version that was seen, if it matters"),
), responses((status = 200, description = "taken out", body = Changed, headers(("ETag" = String)))))]
#[post("/wards/{id}/rooms/remove")]
pub async fn remove_room(app: Data<App>, id: Path<WardId>, command: Command<Room>) -> Result<HttpResponse, Problem> {
    Ok(Changed::done(ward::remove_room(&app, &command.call, *id, command.body.room).await?))
}

/// Closes a ward in which no beds stand.
#[utoipa::path(tag = "wards", request_body = Nothing, params(
    ("id" = WardId, Path, description = "the ward"),
    ("Idempotency-Key" = Option<String>, Header, description = "makes a repeat answer as the first did"),
    ("If-Match" = Option<String>, Header, description = "the version that was seen, if it matters"),
), responses((status = 200, description = "closed", body = Changed, headers(("ETag" = String)))))]
#[post("/wards/{id}/close")]
pub async fn close_ward(app: Data<App>, id: Path<WardId>, command: Command<Nothing>) -> Result<HttpResponse, Problem> {
    Ok(Changed::done(ward::close_ward(&app, &command.call, *id).await?))
}
