//! `GET /patients/{id}/chart`.

use actix_web::{
    HttpRequest, HttpResponse, get,
    http::header::{CONTENT_SECURITY_POLICY, ContentType, VARY},
    web::{Data, Path},
};
use healthcare_application::{
    App,
    chart::{self, Chart},
};
use healthcare_domain::id::PatientId;

use super::summary;
use crate::{
    http::{AsOf, Caller, Query},
    problem::Problem,
};

/// All that matters of a patient in one call: each section holds what is active and the newest 20, and says where the
/// rest is. With `as_of` it is the chart as it was known then. With `Accept: text/html` it is a page to print, for when
/// the screens are dark.
#[utoipa::path(tag = "chart", params(("id" = PatientId, Path, description = "the patient"), AsOf), responses(
    (status = 200, description = "the chart", content((Chart = "application/json"), (String = "text/html", example = "<!DOCTYPE html><html lang=\"en\">…</html>"))),
    (status = 403, description = "the role may not", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "no such patient (by then)", body = Problem, content_type = "application/problem+json"),
))]
#[get("/patients/{id}/chart")]
pub async fn get_chart(
    app: Data<App>,
    caller: Caller,
    id: Path<PatientId>,
    day: Query<AsOf>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    if !summary::is_asked_for(&request) {
        let chart = chart::get_chart(&app, &caller.0, *id, day.0.as_of).await?;
        return Ok(HttpResponse::Ok().insert_header((VARY, "accept")).json(chart));
    }
    let printed = chart::get_summary(&app, &caller.0, *id, day.0.as_of).await?;
    Ok(HttpResponse::Ok()
        .content_type(ContentType::html())
        .insert_header((VARY, "accept"))
        .insert_header((CONTENT_SECURITY_POLICY, summary::POLICY.as_str()))
        .body(summary::page(&printed)))
}
