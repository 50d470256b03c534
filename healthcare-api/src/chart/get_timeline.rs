//! `GET /patients/{id}/timeline`.

use actix_web::{
    HttpRequest, HttpResponse, get,
    web::{Data, Path},
};
use chrono::{DateTime, Utc};
use healthcare_application::{
    App, chart,
    order::ByTime,
    read::{Page, TimelineFilter},
    view::Kind,
};
use healthcare_domain::id::PatientId;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::{
    http::{Caller, Query, listed, paging},
    problem::Problem,
};

/// Which moments, and which page.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Wanted {
    /// Only these kinds of entry, a comma between them, e.g. `problem,medication,laboratory`; all if absent.
    #[param(example = "problem,medication")]
    kinds: Option<String>,
    /// From this time on (RFC 3339).
    from: Option<DateTime<Utc>>,
    /// Up to this time, and not at it (RFC 3339).
    to: Option<DateTime<Utc>>,
    /// The timeline as the hospital knew it then (RFC 3339).
    #[param(example = "2020-01-01T00:00:00Z")]
    as_of: Option<DateTime<Utc>>,
    /// In which order; the newest first if absent.
    #[param(inline)]
    sort: Option<ByTime>,
    /// From `next_cursor` of the page before.
    cursor: Option<String>,
    /// 1 to 200; 50 if absent.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u16>,
}

/// A patient's entries of all kinds in one list by their clinical time, the newest first if not asked otherwise; each with its kind and as its own
/// list shows it. A charted set of vital signs stands there as one.
#[utoipa::path(tag = "chart", params(("id" = PatientId, Path, description = "the patient"), Wanted), responses(
    (status = 200, description = "a page: `kind`, `at`, `entry`", body = Page),
    (status = 400, description = "a parameter cannot be read", body = Problem, content_type = "application/problem+json"),
    (status = 403, description = "the role may not", body = Problem, content_type = "application/problem+json"),
))]
#[get("/patients/{id}/timeline")]
pub async fn get_timeline(
    app: Data<App>,
    caller: Caller,
    id: Path<PatientId>,
    wanted: Query<Wanted>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let Wanted { kinds, from, to, as_of, sort, cursor, limit } = wanted.0;
    let named = kinds.iter().flat_map(|kinds| kinds.split(','));
    let kinds = named
        .map(|kind| kind.trim().parse::<Kind>())
        .collect::<Result<Vec<_>, _>>()
        .map_err(|_| Problem::bad_parameter("kinds", "names of kinds with a comma between them, e.g. problem,note"))?;
    let filter = TimelineFilter { kinds, from, to };
    let paging = paging(cursor, limit, (sort, ByTime::Newest))?;
    let page = chart::get_timeline(&app, &caller.0, *id, filter, paging, as_of).await?;
    Ok(listed(&request, page))
}
