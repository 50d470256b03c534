//! `GET /notes/{id}` and `GET /notes/{id}/versions`.

use actix_web::{
    HttpRequest, HttpResponse, get,
    web::{Data, Path},
};
use chrono::{DateTime, Utc};
use healthcare_application::{
    App,
    note::{self, VersionPage, VersionPaging},
    order::{ByNumber, Direction},
    view::View,
};
use healthcare_domain::{id::NoteId, note::NoteContent};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::{
    http::{AsOf, Caller, Query, limit, next_link},
    problem::Problem,
};

/// A note whole: the version that counts with its signature and hash, the list of all versions, who is to co-sign and who
/// did. A draft is there for its author and those who are to co-sign it.
#[utoipa::path(tag = "notes", params(("id" = NoteId, Path, description = "the note"), AsOf), responses(
    (status = 200, description = "the note", body = View<NoteContent>, headers(("ETag" = String))),
))]
#[get("/notes/{id}")]
pub async fn get_note(
    app: Data<App>,
    caller: Caller,
    id: Path<NoteId>,
    day: Query<AsOf>,
) -> Result<HttpResponse, Problem> {
    let note = note::get_note(&app, &caller.0, *id, day.0.as_of).await?;
    Ok(HttpResponse::Ok().insert_header(("etag", format!("\"{}\"", note.version))).json(note))
}

/// Which versions, and which page.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct WantedVersions {
    /// In which order; the first version first if absent.
    #[param(inline)]
    sort: Option<ByNumber>,
    /// Those that the hospital knew of then (RFC 3339).
    #[param(example = "2020-01-01T00:00:00Z")]
    as_of: Option<DateTime<Utc>>,
    /// From `next_cursor` of the page before.
    cursor: Option<u32>,
    /// 1 to 200; 50 if absent.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u16>,
}

/// The versions that were signed, word by word, each with its author, time, reason and hash; the first one first if not
/// asked otherwise.
#[utoipa::path(tag = "notes", params(("id" = NoteId, Path, description = "the note"), WantedVersions), responses(
    (status = 200, description = "a page of versions", body = VersionPage),
))]
#[get("/notes/{id}/versions")]
pub async fn note_versions(
    app: Data<App>,
    caller: Caller,
    id: Path<NoteId>,
    wanted: Query<WantedVersions>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let WantedVersions { sort, as_of, cursor, limit: asked } = wanted.0;
    let direction = Direction::asked(sort, ByNumber::First);
    let page = VersionPaging { after: cursor, limit: limit(asked)?, direction };
    let page = note::note_versions(&app, &caller.0, *id, page, as_of).await?;
    let mut response = HttpResponse::Ok();
    if let Some(next) = &page.next_cursor {
        response.insert_header(next_link(&request, next));
    }
    Ok(response.json(page))
}
