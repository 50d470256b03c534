//! `POST /notes/{id}/sign`.

use actix_web::{
    HttpResponse, post,
    web::{Data, Path},
};
use healthcare_application::{App, note};
use healthcare_domain::id::NoteId;

use crate::{
    http::{Changed, Command, Nothing},
    problem::Problem,
};

/// Signs a draft of one's own. From now on it is in force, whoever may read the chart may read it, and it never changes.
#[utoipa::path(tag = "notes", request_body = Nothing, params(
    ("id" = NoteId, Path, description = "the note"),
    ("Idempotency-Key" = Option<String>, Header, description = "makes a repeat answer as the first did"),
    ("If-Match" = Option<String>, Header, description = "the version that was seen, if it matters"),
), responses((status = 200, description = "signed", body = Changed, headers(("ETag" = String)))))]
#[post("/notes/{id}/sign")]
pub async fn sign_note(app: Data<App>, id: Path<NoteId>, command: Command<Nothing>) -> Result<HttpResponse, Problem> {
    Ok(Changed::done(note::sign_note(&app, &command.call, *id).await?))
}
