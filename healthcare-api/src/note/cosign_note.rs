//! `POST /notes/{id}/cosign`, `/notes/{id}/cosign-requests` and `/notes/{id}/cosign-requests/withdraw`.

use actix_web::{
    HttpResponse, post,
    web::{Data, Path},
};
use healthcare_application::{App, note};
use healthcare_domain::{id::NoteId, party::Party};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use crate::{
    http::{Changed, Command, Nothing},
    problem::Problem,
};

/// Who is asked.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AskToCosign {
    /// An account, or a role: whoever has it and cares for the patient.
    of: Party,
}

/// Asks somebody to co-sign. Once the note is signed they are told, and it stands in their inbox; a draft they may read.
#[utoipa::path(tag = "notes", request_body(content = AskToCosign, example = json!({ "of": { "role": "senior_clinician" } })), params(
    ("id" = NoteId, Path, description = "the note"),
    ("Idempotency-Key" = Option<String>, Header, description = "makes a repeat answer as the first did"),
    ("If-Match" = Option<String>, Header, description = "the version that was seen, if it matters"),
), responses((status = 200, description = "asked", body = Changed, headers(("ETag" = String)))))]
#[post("/notes/{id}/cosign-requests")]
pub async fn request_cosign(
    app: Data<App>,
    id: Path<NoteId>,
    command: Command<AskToCosign>,
) -> Result<HttpResponse, Problem> {
    Ok(Changed::done(note::request_cosign(&app, &command.call, *id, command.body.of).await?))
}

/// Asks them no longer.
#[utoipa::path(tag = "notes", request_body(content = AskToCosign, example = json!({ "of": { "role": "senior_clinician" } })), params(
    ("id" = NoteId, Path, description = "the note"),
    ("Idempotency-Key" = Option<String>, Header, description = "makes a repeat answer as the first did"),
    ("If-Match" = Option<String>, Header, description = "the version that was seen, if it matters"),
), responses((status = 200, description = "asked no longer", body = Changed, headers(("ETag" = String)))))]
#[post("/notes/{id}/cosign-requests/withdraw")]
pub async fn withdraw_cosign(
    app: Data<App>,
    id: Path<NoteId>,
    command: Command<AskToCosign>,
) -> Result<HttpResponse, Problem> {
    Ok(Changed::done(note::withdraw_cosign(&app, &command.call, *id, command.body.of).await?))
}

/// Co-signs the version that counts, for who was asked by name or by role. Who signed that version cannot.
#[utoipa::path(tag = "notes", request_body = Nothing, params(
    ("id" = NoteId, Path, description = "the note"),
    ("Idempotency-Key" = Option<String>, Header, description = "makes a repeat answer as the first did"),
    ("If-Match" = Option<String>, Header, description = "the version that was seen, if it matters"),
), responses((status = 200, description = "co-signed", body = Changed, headers(("ETag" = String)))))]
#[post("/notes/{id}/cosign")]
pub async fn cosign_note(app: Data<App>, id: Path<NoteId>, command: Command<Nothing>) -> Result<HttpResponse, Problem> {
    Ok(Changed::done(note::cosign_note(&app, &command.call, *id).await?))
}
