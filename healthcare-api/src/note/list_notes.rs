//! `GET /patients/{id}/notes`.

use actix_web::{
    HttpRequest, HttpResponse, get,
    web::{Data, Path},
};
use chrono::{DateTime, Utc};
use healthcare_application::{
    App, chart,
    note::{self, NoteFilter, NoteStatus},
    order::ByTime,
    read::{EntryFilter, Page},
    view::Kind,
};
use healthcare_domain::id::{AccountId, EncounterId, PatientId};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::{
    http::{Caller, Query, listed, paging},
    problem::Problem,
};

/// Which notes; all that is given must match.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct WantedNotes {
    /// Where they stand; those in force and one's own drafts if absent.
    #[param(inline)]
    status: Option<NoteStatus>,
    /// Of this type, by its code (LOINC).
    note_type: Option<String>,
    /// By this account.
    #[param(value_type = Option<Uuid>)]
    author: Option<AccountId>,
    /// Of this visit.
    #[param(value_type = Option<Uuid>)]
    encounter: Option<EncounterId>,
    /// That tell of this time or later.
    from: Option<DateTime<Utc>>,
    /// That tell of a time before.
    until: Option<DateTime<Utc>>,
    /// In which order; the newest first if absent.
    #[param(inline)]
    sort: Option<ByTime>,
    /// The list as the hospital knew it then (RFC 3339); of the filters it goes with `note_type` alone.
    as_of: Option<DateTime<Utc>>,
    /// From `next_cursor` of the page before.
    cursor: Option<String>,
    /// 1 to 200; 50 if absent.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u16>,
}

/// The notes of a patient in brief: those that were signed, and the caller's own drafts and those they are to co-sign.
#[utoipa::path(tag = "notes", params(("id" = PatientId, Path, description = "the patient"), WantedNotes), responses(
    (status = 200, description = "a page", body = Page),
))]
#[get("/patients/{id}/notes")]
pub async fn list_notes(
    app: Data<App>,
    caller: Caller,
    id: Path<PatientId>,
    wanted: Query<WantedNotes>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let WantedNotes { status, note_type, author, encounter, from, until, sort, as_of, cursor, limit } = wanted.0;
    let page = paging(cursor, limit, (sort, ByTime::Newest))?;
    if as_of.is_some() {
        let others = status.is_some() || author.is_some() || encounter.is_some() || from.is_some() || until.is_some();
        if others {
            return Err(Problem::bad_parameter("as_of", "of the filters it goes with `note_type` alone"));
        }
        let filter = EntryFilter { code: note_type, ..EntryFilter::of(Kind::Note) };
        return Ok(listed(&request, chart::list_entries(&app, &caller.0, *id, filter, page, as_of).await?));
    }
    let filter = NoteFilter { status, note_type, author, encounter, from, until };
    Ok(listed(&request, note::list_notes(&app, &caller.0, *id, filter, page).await?))
}
