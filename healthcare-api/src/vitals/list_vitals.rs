//! `GET /patients/{id}/charted-vitals`.

use actix_web::{
    HttpRequest, HttpResponse, get,
    web::{Data, Path},
};
use chrono::{DateTime, Utc};
use healthcare_application::{
    App,
    order::ByTime,
    read::EntryFilter,
    view::Kind,
    vitals::{self, ChartedPage},
};
use healthcare_domain::id::{EncounterId, PatientId};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::{
    http::{Caller, Query, next_link, paging},
    problem::Problem,
};

/// Which sets; all that is given must match.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct WantedSets {
    /// Of this visit.
    #[param(value_type = Option<Uuid>)]
    encounter: Option<EncounterId>,
    /// Measured then or later.
    from: Option<DateTime<Utc>>,
    /// Measured before.
    until: Option<DateTime<Utc>>,
    /// In which order; the newest first if absent.
    #[param(inline)]
    sort: Option<ByTime>,
    /// Those that the hospital knew of then (RFC 3339), scored by what it knew of the patient.
    #[param(example = "2020-01-01T00:00:00Z")]
    as_of: Option<DateTime<Utc>>,
    /// From `next_cursor` of the page before.
    cursor: Option<String>,
    /// 1 to 200; 50 if absent.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u16>,
}

/// The sets of vital signs that were charted, the newest first if not asked otherwise, each with the NEWS2 of that set alone and the points of each
/// of its parameters. What was struck out is left out.
#[utoipa::path(tag = "vitals", params(("id" = PatientId, Path, description = "the patient"), WantedSets), responses(
    (status = 200, description = "a page", body = ChartedPage),
))]
#[get("/patients/{id}/charted-vitals")]
pub async fn list_charted_vitals(
    app: Data<App>,
    caller: Caller,
    id: Path<PatientId>,
    wanted: Query<WantedSets>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let WantedSets { encounter, from, until, sort, as_of, cursor, limit } = wanted.0;
    let encounter = encounter.map(|visit| visit.0);
    let filter = EntryFilter { encounter, from, until, ..EntryFilter::of(Kind::VitalsSet) };
    let paging = paging(cursor, limit, (sort, ByTime::Newest))?;
    let page = vitals::list_charted_vitals(&app, &caller.0, *id, (filter, paging), as_of).await?;
    let mut response = HttpResponse::Ok();
    if let Some(next) = &page.next_cursor {
        response.insert_header(next_link(&request, next));
    }
    Ok(response.json(page))
}
