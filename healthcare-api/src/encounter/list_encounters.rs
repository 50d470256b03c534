//! `GET /encounters`.

use actix_web::{HttpRequest, HttpResponse, get, web::Data};
use chrono::{DateTime, Utc};
use healthcare_application::{App, encounter, order::ByStart, read::Page, ward::EncounterFilter};
use healthcare_domain::{encounter::EncounterClass, id::PatientId};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{
    http::{Caller, Query, listed, of_one, paging},
    problem::Problem,
};

/// Where a visit stands (FHIR EncounterStatus).
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs)]
pub enum EncounterStatus {
    Planned,
    Arrived,
    Triaged,
    InProgress,
    #[serde(rename = "onleave")]
    OnLeave,
    Finished,
    Cancelled,
}

/// Which visits; all that is given must match.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct WantedEncounters {
    /// Of this patient.
    #[param(value_type = Option<Uuid>)]
    patient: Option<PatientId>,
    /// As the hospital knew them then (RFC 3339); with `patient` alone.
    as_of: Option<DateTime<Utc>>,
    /// On this ward now.
    #[param(min_length = 1, max_length = 100)]
    ward: Option<String>,
    /// Of this class now.
    #[param(inline)]
    class: Option<EncounterClass>,
    /// Where they stand.
    #[param(inline)]
    status: Option<EncounterStatus>,
    /// Only those that are planned or under way, or only those that are not.
    active: Option<bool>,
    /// That began then or later.
    from: Option<DateTime<Utc>>,
    /// That began before.
    until: Option<DateTime<Utc>>,
    /// In which order; the latest first if absent.
    #[param(inline)]
    sort: Option<ByStart>,
    /// From `next_cursor` of the page before.
    cursor: Option<String>,
    /// 1 to 200; 50 if absent.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u16>,
}

/// Visits and stays of the patients whom the caller may see: of one patient, also as they were known on an earlier day; of a
/// ward, of the house.
#[utoipa::path(tag = "encounters", params(WantedEncounters), responses((status = 200, description = "a page", body = Page)))]
#[get("/encounters")]
pub async fn list_encounters(
    app: Data<App>,
    caller: Caller,
    wanted: Query<WantedEncounters>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let WantedEncounters { patient, as_of, ward, class, status, active, from, until, sort, cursor, limit } = wanted.0;
    let status = status.and_then(|one| serde_json::to_value(one).ok()?.as_str().map(str::to_owned));
    let filter = EncounterFilter { patient, ward, class, status, active, from, until };
    let page = paging(cursor, limit, (sort, ByStart::Latest))?;
    let page = match of_one(as_of, patient)? {
        None => encounter::list_encounters(&app, &caller.0, filter, page).await?,
        Some((then, whose)) => encounter::list_encounters_known(&app, &caller.0, (whose, filter), page, then).await?,
    };
    Ok(listed(&request, page))
}
