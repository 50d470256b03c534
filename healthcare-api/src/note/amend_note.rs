//! `PUT /notes/{id}`.

use actix_web::{
    HttpResponse, put,
    web::{Data, Path},
};
use healthcare_application::{App, note};
use healthcare_domain::{
    id::NoteId,
    note::{Amendment, Section},
    text::Remark,
};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use super::body::sections;
use crate::{
    http::{Changed, Command},
    problem::Problem,
};

/// What the note says from now on, and why.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AmendNote {
    /// Its title.
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    title: String,
    /// All its parts.
    #[validate(custom(function = "sections"))]
    #[schema(max_items = 50)]
    sections: Vec<Section>,
    /// Why it is amended.
    reason: Remark,
}

/// Amends a signed note: signs a further version. What was signed before stays as it is, with its author, time and hash,
/// and can be read for ever. Of two who amend the same version, the second is answered 412.
#[utoipa::path(tag = "notes", request_body(content = AmendNote, example = json!({
    "title": "Ward round", "sections": [{ "title": "Assessment", "text": "Afebrile, walking. Left knee." }],
    "reason": "The side was missing."
})), params(
    ("id" = NoteId, Path, description = "the note"),
    ("If-Match" = String, Header, description = "the version that was seen"),
    ("Idempotency-Key" = Option<String>, Header, description = "makes a repeat answer as the first did"),
), responses(
    (status = 200, description = "amended", body = Changed, headers(("ETag" = String))),
    (status = 428, description = "If-Match is missing", body = Problem, content_type = "application/problem+json"),
))]
#[put("/notes/{id}")]
pub async fn amend_note(
    app: Data<App>,
    id: Path<NoteId>,
    command: Command<AmendNote>,
) -> Result<HttpResponse, Problem> {
    let AmendNote { title, sections, reason } = command.body;
    let amendment = Amendment { title, sections, reason };
    Ok(Changed::done(note::amend_note(&app, &command.call, *id, amendment).await?))
}
