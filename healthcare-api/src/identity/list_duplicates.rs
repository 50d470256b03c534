//! `GET /patients/duplicates`.

use actix_web::{HttpResponse, get, web::Data};
use healthcare_application::{
    App, QueryError,
    identity::{self, DuplicateFilter, DuplicatePage},
    order::{ByScore, Direction},
};
use healthcare_domain::id::PatientId;
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

use crate::{
    http::{Caller, Query, limit},
    problem::Problem,
};

/// Which pairs to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Which {
    /// Only of these grades, separated by commas: `certain`, `probable`, `possible`. Of all if absent.
    #[param(example = "certain,probable")]
    grade: Option<String>,
    /// Only pairs of this patient.
    patient: Option<Uuid>,
    /// In which order; the likeliest first if absent.
    #[param(inline)]
    sort: Option<ByScore>,
    /// From `next_cursor` of the page before.
    cursor: Option<String>,
    /// 1 to 200; 50 if absent.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u16>,
}

/// The queue of pairs that may be one person, the likeliest first if not asked otherwise: found at registration, at changes and at imports. A
/// pair leaves it when it is merged, or found to be two people. A pair with somebody very restricted is shown to who stands
/// close enough to them, and to who labels records.
#[utoipa::path(tag = "duplicates", params(Which), responses(
    (status = 200, description = "a page of pairs", body = DuplicatePage),
    (status = 400, description = "a parameter cannot be read", body = Problem, content_type = "application/problem+json"),
    (status = 401, description = "sign in first", body = Problem, content_type = "application/problem+json"),
    (status = 403, description = "the role may not", body = Problem, content_type = "application/problem+json"),
))]
#[get("/patients/duplicates")]
pub async fn list_duplicates(app: Data<App>, caller: Caller, which: Query<Which>) -> Result<HttpResponse, Problem> {
    let Which { grade, patient, sort, cursor, limit: asked } = which.0;
    let grades = grade.iter().flat_map(|list| list.split(',')).map(|one| one.trim().parse()).collect::<Result<_, _>>();
    let grades = grades.map_err(|_| Problem::bad_parameter("grade", "certain, probable, possible"))?;
    let after = cursor.map(|text| text.parse()).transpose().map_err(|_| QueryError::BadCursor)?;
    let direction = Direction::asked(sort, ByScore::Likeliest);
    let filter = DuplicateFilter {
        grades,
        patient: patient.map(PatientId),
        after,
        direction,
        limit: limit(asked)?,
        ..DuplicateFilter::default()
    };
    Ok(HttpResponse::Ok().json(identity::list_duplicates(&app, &caller.0, filter).await?))
}
