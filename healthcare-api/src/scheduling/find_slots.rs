//! `GET /slots`.

use actix_web::{HttpResponse, get, web::Data};
use chrono::{DateTime, Duration, Utc};
use healthcare_application::{
    App, QueryError,
    order::ByStart,
    scheduling::{self, FoundSlots},
};
use healthcare_domain::{
    id::{AppointmentTypeId, ResourceId},
    scheduling::slots::First,
};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::{
    http::{Caller, Query, limit},
    problem::Problem,
};

/// The longest stretch that is searched.
const LONGEST: Duration = Duration::days(62);
/// How many resources a search names at most.
const MOST: usize = 100;

/// What to look for.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct WantedSlots {
    /// Of which type.
    #[param(value_type = Uuid)]
    appointment_type: AppointmentTypeId,
    /// They begin then or later.
    from: DateTime<Utc>,
    /// They begin before; at most 62 days later.
    until: DateTime<Utc>,
    /// With these resources, separated by commas, and any of the kinds that the type takes beside them; with any that it takes if absent.
    resources: Option<String>,
    /// In which order; the earliest first if absent.
    #[param(inline)]
    sort: Option<ByStart>,
    /// From `next_cursor` of the page before.
    cursor: Option<String>,
    /// 1 to 200; 50 if absent.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u16>,
}

/// Free slots over resources and days, the earliest first if not asked otherwise, each with the resources it would be booked with.
#[utoipa::path(tag = "appointments", params(WantedSlots), responses((status = 200, description = "a page", body = FoundSlots)))]
#[get("/slots")]
pub async fn find_slots(app: Data<App>, caller: Caller, wanted: Query<WantedSlots>) -> Result<HttpResponse, Problem> {
    let WantedSlots { appointment_type, from, until, resources, sort, cursor, limit: asked } = wanted.0;
    if until <= from || until - from > LONGEST {
        return Err(Problem::bad_parameter("until", "after `from`, at most 62 days later"));
    }
    let named = |text: String| -> Result<Vec<ResourceId>, Problem> {
        let all: Result<Vec<ResourceId>, _> = text.split(',').map(str::parse).collect();
        let all = all.map_err(|_| Problem::bad_parameter("resources", "identities, separated by commas"))?;
        if all.len() > MOST { Err(Problem::bad_parameter("resources", "at most 100")) } else { Ok(all) }
    };
    let resources = resources.map(named).transpose()?;
    let after = cursor.map(|text| text.parse()).transpose().map_err(|_| QueryError::BadCursor)?;
    let first = match sort.unwrap_or(ByStart::Earliest) {
        ByStart::Earliest => First::Earliest,
        ByStart::Latest => First::Latest,
    };
    let (within, limit) = ((from, until), limit(asked)?);
    let cmd = scheduling::FindSlots { appointment_type, within, resources, after, first, limit };
    Ok(HttpResponse::Ok().json(scheduling::find_slots(&app, &caller.0, cmd).await?))
}
