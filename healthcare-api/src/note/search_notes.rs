//! `POST /patients/{id}/notes/search` and `POST /notes/search`. What is looked for is sent in the body: an address, which
//! is written down on its way, tells nothing of it.

use actix_web::{
    HttpResponse, post,
    web::{Data, Path},
};
use chrono::{DateTime, Utc};
use healthcare_application::{
    App, Call,
    note::{self, NoteSearch, NotesFound},
};
use healthcare_domain::id::PatientId;
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use crate::{
    http::{Command, limit},
    problem::Problem,
};

/// What to look for.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SearchNotes {
    /// Words as one types them: all must be there, `"…"` is a phrase, `or` is or, `-` leaves out. Case and accents do not
    /// matter.
    #[validate(length(min = 1, max = 500))]
    #[schema(min_length = 1, max_length = 500, example = "chest pain -cough")]
    words: String,
    /// The language of the words (BCP 47), by which forms of a word are one; English if absent.
    #[validate(length(min = 2, max = 35))]
    #[schema(min_length = 2, max_length = 35)]
    language: Option<String>,
    /// Only notes of this type, by its code (LOINC).
    #[validate(length(max = 100))]
    note_type: Option<String>,
    /// Only those that tell of this time or later.
    from: Option<DateTime<Utc>>,
    /// Only those that tell of a time before.
    until: Option<DateTime<Utc>>,
    /// From `next_cursor` of the page before.
    #[validate(length(max = 100))]
    cursor: Option<String>,
    /// 1 to 200; 50 if absent.
    #[schema(minimum = 1, maximum = 200)]
    limit: Option<u16>,
}

async fn found(app: &App, call: &Call, patient: Option<PatientId>, body: SearchNotes) -> Result<HttpResponse, Problem> {
    let SearchNotes { words, language, note_type, from, until, cursor, limit: asked } = body;
    let after = cursor.map(|text| text.parse()).transpose();
    let after = after.map_err(|_| Problem::bad_parameter("cursor", "take it from next_cursor of the page before"))?;
    let language = language.unwrap_or_else(|| "en".to_owned());
    let search = NoteSearch { words, language, note_type, from, until, after, limit: limit(asked)? };
    Ok(HttpResponse::Ok().json(note::search_notes(app, call, patient, search).await?))
}

/// Finds a patient's notes by what they say, the best first, with the place where each says it. Struck out notes are not
/// found, drafts by those alone who may read them.
#[utoipa::path(tag = "notes", request_body = SearchNotes, params(("id" = PatientId, Path, description = "the patient")), responses(
    (status = 200, description = "what was found", body = NotesFound),
))]
#[post("/patients/{id}/notes/search")]
pub async fn search_patient_notes(
    app: Data<App>,
    id: Path<PatientId>,
    command: Command<SearchNotes>,
) -> Result<HttpResponse, Problem> {
    found(&app, &command.call, Some(*id), command.body).await
}

/// Finds notes of all patients whom the caller may know, as within one patient's. Of each who is shown it is recorded
/// that they were; what was looked for is recorded nowhere.
#[utoipa::path(tag = "notes", request_body = SearchNotes, responses(
    (status = 200, description = "what was found", body = NotesFound),
))]
#[post("/notes/search")]
pub async fn search_notes(app: Data<App>, command: Command<SearchNotes>) -> Result<HttpResponse, Problem> {
    found(&app, &command.call, None, command.body).await
}
