//! `GET /notes/{id}` and `GET /notes/{id}/versions`.

use actix_web::{
    HttpResponse, get,
    web::{Data, Path},
};
use healthcare_application::{
    App,
    note::{self, VersionView},
    view::View,
};
use healthcare_domain::{id::NoteId, note::NoteContent};

use crate::{http::Caller, problem::Problem};

/// A note whole: the version that counts with its signature and hash, the list of all versions, who is to co-sign and who
/// did. A draft is there for its author and those who are to co-sign it.
#[utoipa::path(tag = "notes", params(("id" = NoteId, Path, description = "the note")), responses(
    (status = 200, description = "the note", body = View<NoteContent>, headers(("ETag" = String))),
))]
#[get("/notes/{id}")]
pub async fn get_note(app: Data<App>, caller: Caller, id: Path<NoteId>) -> Result<HttpResponse, Problem> {
    let note = note::get_note(&app, &caller.0, *id).await?;
    Ok(HttpResponse::Ok().insert_header(("etag", format!("\"{}\"", note.version))).json(note))
}

/// Every version that was signed, word by word, with its author, time, reason and hash; the first one first.
#[utoipa::path(tag = "notes", params(("id" = NoteId, Path, description = "the note")), responses(
    (status = 200, description = "all versions", body = Vec<VersionView>),
))]
#[get("/notes/{id}/versions")]
pub async fn note_versions(app: Data<App>, caller: Caller, id: Path<NoteId>) -> Result<HttpResponse, Problem> {
    Ok(HttpResponse::Ok().json(note::note_versions(&app, &caller.0, *id).await?))
}
