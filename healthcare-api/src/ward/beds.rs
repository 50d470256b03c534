//! Beds over REST: `POST /wards/{id}/beds`, `GET /beds/{id}`, `POST /beds/{id}/clean`, `block`, `unblock`, `retire`.

use actix_web::{
    HttpResponse, get, post,
    web::{Data, Path},
};
use healthcare_application::{App, view::View, ward};
use healthcare_domain::{
    id::{BedId, WardId},
    ward::{BedPlace, BlockReason},
};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use crate::{
    http::{AsOf, Caller, Changed, Command, Entity, Nothing, Query},
    problem::Problem,
};

/// A bed.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AddBed {
    /// In which room of the ward.
    #[validate(length(min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100)]
    room: String,
    /// What it is called, one in the ward.
    #[validate(length(min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100)]
    name: String,
}

/// Why a bed is kept from patients.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BlockBed {
    /// Why.
    reason: BlockReason,
}

/// Puts a bed up in a room of a ward. It is free at once.
#[utoipa::path(tag = "wards", request_body(content = AddBed, example = json!({ "room": "101", "name": "101-A" })), params(
    ("id" = WardId, Path, description = "the ward"),
    ("Idempotency-Key" = Option<String>, Header, description = "makes a repeat answer as the first did"),
), responses(
    (status = 201, description = "put up", body = Changed, headers(("ETag" = String), ("Location" = String))),
))]
#[post("/wards/{id}/beds")]
pub async fn add_bed(app: Data<App>, id: Path<WardId>, command: Command<AddBed>) -> Result<HttpResponse, Problem> {
    let Command { call, body: AddBed { room, name } } = command;
    Ok(Changed::created(ward::add_bed(&app, &call, ward::AddBed { ward: *id, room, name }).await?, "/api/v1/beds"))
}

/// A bed, without who lies in it.
#[utoipa::path(tag = "wards", params(("id" = BedId, Path, description = "the bed"), AsOf), responses(
    (status = 200, description = "as it stands", body = View<BedPlace>, headers(("ETag" = String))),
))]
#[get("/beds/{id}")]
pub async fn get_bed(
    app: Data<App>,
    caller: Caller,
    id: Path<BedId>,
    day: Query<AsOf>,
) -> Result<HttpResponse, Problem> {
    Ok(Entity::answer(ward::get_bed(&app, &caller.0, *id, day.0.as_of).await?))
}

/// Notes that a bed is clean: it can be given to the next patient.
#[utoipa::path(tag = "wards", request_body = Nothing, params(
    ("id" = BedId, Path, description = "the bed"),
    ("Idempotency-Key" = Option<String>, Header, description = "makes a repeat answer as the first did"),
    ("If-Match" = Option<String>, Header, description = "the version that was seen, if it matters"),
), responses((status = 200, description = "free", body = Changed, headers(("ETag" = String)))))]
#[post("/beds/{id}/clean")]
pub async fn clean_bed(app: Data<App>, id: Path<BedId>, command: Command<Nothing>) -> Result<HttpResponse, Problem> {
    Ok(Changed::done(ward::clean_bed(&app, &command.call, *id).await?))
}

/// Keeps a bed from patients.
#[utoipa::path(tag = "wards", request_body(content = BlockBed, example = json!({ "reason": "infection-control" })), params(
    ("id" = BedId, Path, description = "the bed"),
    ("Idempotency-Key" = Option<String>, Header, description = "makes a repeat answer as the first did"),
    ("If-Match" = Option<String>, Header, description = "the version that was seen, if it matters"),
), responses((status = 200, description = "blocked", body = Changed, headers(("ETag" = String)))))]
#[post("/beds/{id}/block")]
pub async fn block_bed(app: Data<App>, id: Path<BedId>, command: Command<BlockBed>) -> Result<HttpResponse, Problem> {
    Ok(Changed::done(ward::block_bed(&app, &command.call, *id, command.body.reason).await?))
}

/// Keeps a bed no longer from patients.
#[utoipa::path(tag = "wards", request_body = Nothing, params(
    ("id" = BedId, Path, description = "the bed"),
    ("Idempotency-Key" = Option<String>, Header, description = "makes a repeat answer as the first did"),
    ("If-Match" = Option<String>, Header, description = "the version that was seen, if it matters"),
), responses((status = 200, description = "free", body = Changed, headers(("ETag" = String)))))]
#[post("/beds/{id}/unblock")]
pub async fn unblock_bed(app: Data<App>, id: Path<BedId>, command: Command<Nothing>) -> Result<HttpResponse, Problem> {
    Ok(Changed::done(ward::unblock_bed(&app, &command.call, *id).await?))
}

/// Takes a bed away in which nobody lies.
#[utoipa::path(tag = "wards", request_body = Nothing, params(
    ("id" = BedId, Path, description = "the bed"),
    ("Idempotency-Key" = Option<String>, Header, description = "makes a repeat answer as the first did"),
    ("If-Match" = Option<String>, Header, description = "the version that was seen, if it matters"),
), responses((status = 200, description = "gone", body = Changed, headers(("ETag" = String)))))]
#[post("/beds/{id}/retire")]
pub async fn retire_bed(app: Data<App>, id: Path<BedId>, command: Command<Nothing>) -> Result<HttpResponse, Problem> {
    Ok(Changed::done(ward::retire_bed(&app, &command.call, *id).await?))
}
