//! `PUT /notes/{id}/draft` and `POST /notes/{id}/discard`.

use actix_web::{
    HttpResponse, post, put,
    web::{Data, Path},
};
use chrono::{DateTime, Utc};
use healthcare_application::{
    App,
    note::{self, NewNote},
};
use healthcare_domain::{
    code::CodeableConcept,
    id::{EncounterId, NoteId},
    note::Section,
};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use super::body::sections;
use crate::{
    http::{Changed, Command, Nothing, bounds::concept},
    problem::Problem,
};

/// What a draft says now.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeDraft {
    /// What kind of document (LOINC); as it was if absent.
    #[validate(custom(function = "concept"))]
    note_type: Option<CodeableConcept>,
    /// Its title; as it was if absent.
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    title: Option<String>,
    /// The language (BCP 47); as it was if absent.
    #[validate(length(min = 2, max = 35))]
    #[schema(min_length = 2, max_length = 35)]
    language: Option<String>,
    /// The time it tells of; as it was if absent.
    told_of_at: Option<DateTime<Utc>>,
    /// During which visit; none if absent.
    encounter: Option<EncounterId>,
    /// Its parts.
    #[validate(custom(function = "sections"))]
    #[schema(max_items = 50)]
    sections: Vec<Section>,
}

/// Goes on writing a draft: all of it is sent. Only its author does.
#[utoipa::path(tag = "notes", request_body(content = ChangeDraft, example = json!({
    "sections": [{ "title": "Assessment", "text": "Afebrile, walking. Home tomorrow." }]
})), params(
    ("id" = NoteId, Path, description = "the note"),
    ("If-Match" = String, Header, description = "the version that was seen"),
    ("Idempotency-Key" = Option<String>, Header, description = "makes a repeat answer as the first did"),
), responses(
    (status = 200, description = "written", body = Changed, headers(("ETag" = String))),
    (status = 428, description = "If-Match is missing", body = Problem, content_type = "application/problem+json"),
))]
#[put("/notes/{id}/draft")]
pub async fn change_draft(
    app: Data<App>,
    id: Path<NoteId>,
    command: Command<ChangeDraft>,
) -> Result<HttpResponse, Problem> {
    let ChangeDraft { note_type, title, language, told_of_at, encounter, sections } = command.body;
    let new = NewNote { note_type, title, language, told_of_at, encounter, sections, ..NewNote::default() };
    Ok(Changed::done(note::change_draft(&app, &command.call, *id, new).await?))
}

/// Throws a draft away. What was signed is not thrown away, but struck out.
#[utoipa::path(tag = "notes", request_body = Nothing, params(
    ("id" = NoteId, Path, description = "the note"),
    ("Idempotency-Key" = Option<String>, Header, description = "makes a repeat answer as the first did"),
    ("If-Match" = Option<String>, Header, description = "the version that was seen, if it matters"),
), responses((status = 200, description = "done", body = Changed, headers(("ETag" = String)))))]
#[post("/notes/{id}/discard")]
pub async fn discard_draft(
    app: Data<App>,
    id: Path<NoteId>,
    command: Command<Nothing>,
) -> Result<HttpResponse, Problem> {
    Ok(Changed::done(note::discard_draft(&app, &command.call, *id).await?))
}
