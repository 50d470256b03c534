//! `POST /notes/{id}/entered-in-error`.

use actix_web::{
    HttpResponse, post,
    web::{Data, Path},
};
use healthcare_application::{App, note};
use healthcare_domain::id::NoteId;

use crate::{
    http::{Because, Changed, Command},
    problem::Problem,
};

/// Strikes a signed note out, e.g. one of another patient. It is in no list and found by nobody; by its identity it stays
/// readable, marked, with all its versions.
#[utoipa::path(tag = "notes", request_body = Because, params(
    ("id" = NoteId, Path, description = "the note"),
    ("Idempotency-Key" = Option<String>, Header, description = "makes a repeat answer as the first did"),
    ("If-Match" = Option<String>, Header, description = "the version that was seen, if it matters"),
), responses((status = 200, description = "done", body = Changed, headers(("ETag" = String)))))]
#[post("/notes/{id}/entered-in-error")]
pub async fn enter_note_in_error(
    app: Data<App>,
    id: Path<NoteId>,
    command: Command<Because>,
) -> Result<HttpResponse, Problem> {
    Ok(Changed::done(note::enter_note_in_error(&app, &command.call, *id, command.body.reason).await?))
}
