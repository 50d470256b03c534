//! `POST /patients/{id}/notes`.

use actix_web::{
    HttpResponse, post,
    web::{Data, Path},
};
use healthcare_application::{App, note};
use healthcare_domain::id::PatientId;

use super::body::WriteNote;
use crate::{
    http::{Changed, Command},
    problem::Problem,
};

/// Begins a note, as a draft that only its author and those who are to co-sign it can read; or signs it at once, with
/// `sign`. With a template its sections and prompts are there to be written.
#[utoipa::path(tag = "notes", request_body(content = WriteNote, example = json!({
    "note_type": { "coding": [{ "system": "http://loinc.org", "code": "11506-3", "display": "Progress note" }] },
    "title": "Ward round", "sections": [{ "title": "Assessment", "text": "Afebrile, walking." }], "sign": true
})), params(
    ("id" = PatientId, Path, description = "the patient"),
    ("Idempotency-Key" = Option<String>, Header, description = "makes a repeat answer as the first did"),
), responses(
    (status = 201, description = "written", body = Changed, headers(("ETag" = String), ("Location" = String))),
))]
#[post("/patients/{id}/notes")]
pub async fn draft_note(
    app: Data<App>,
    id: Path<PatientId>,
    command: Command<WriteNote>,
) -> Result<HttpResponse, Problem> {
    let Command { call, body } = command;
    Ok(Changed::created(note::draft_note(&app, &call, *id, body.written(false)).await?, "/api/v1/notes"))
}
