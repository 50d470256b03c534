//! `POST /wards/{id}/rooms` and `…/rooms/remove`.

use actix_web::{
    HttpResponse, post,
    web::{Data, Path},
};
use healthcare_application::{App, ward};
use healthcare_domain::id::WardId;
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use crate::{
    http::{Changed, Command},
    problem::Problem,
};

/// A room.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Room {
    /// Its name.
    #[validate(length(min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100)]
    room: String,
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
