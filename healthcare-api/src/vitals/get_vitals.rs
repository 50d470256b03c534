//! `GET /vitals/{id}`.

use actix_web::{
    HttpResponse, get,
    http::header,
    web::{Data, Path},
};
use healthcare_application::{
    App,
    vitals::{self, VitalsWithScore},
};
use healthcare_domain::id::VitalsId;

use crate::{
    http::{AsOf, Caller, Query},
    problem::Problem,
};

/// A set of vital signs with its NEWS2.
#[utoipa::path(tag = "vitals", operation_id = "get_charted_vitals", params(("id" = VitalsId, Path, description = "the set"), AsOf), responses(
    (status = 200, description = "the set", body = VitalsWithScore, headers(("ETag" = String))),
    (status = 403, description = "the role may not", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "no such set", body = Problem, content_type = "application/problem+json"),
))]
#[get("/vitals/{id}")]
pub async fn get_vitals(
    app: Data<App>,
    caller: Caller,
    id: Path<VitalsId>,
    day: Query<AsOf>,
) -> Result<HttpResponse, Problem> {
    let found = vitals::get_vitals(&app, &caller.0, *id, day.0.as_of).await?;
    Ok(HttpResponse::Ok().insert_header((header::ETAG, format!("\"{}\"", found.version))).json(found))
}
