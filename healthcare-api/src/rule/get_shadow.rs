//! `GET /rules/{id}/shadow`.

use actix_web::{
    HttpResponse, get,
    web::{Data, Path},
};
use healthcare_application::{
    App,
    rule::{self, ShadowReport},
};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::{
    http::{Caller, Query},
    problem::Problem,
};

/// Of which version.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct WantedShadow {
    /// The version; the latest that was in the shadow if left out.
    #[param(minimum = 0)]
    version: Option<u32>,
}

/// What a version in the shadow would have said: how often, of how many patients, by 1,000 patient-days, by ward, and the
/// latest firings with their explanations, of the patients whose charts the caller may read.
#[utoipa::path(tag = "rules", params(("id" = String, Path, description = "the name of the rule"), WantedShadow), responses(
    (status = 200, description = "what was counted", body = ShadowReport),
    (status = 403, description = "the role may not", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "no such version, or it was never in the shadow", body = Problem, content_type = "application/problem+json"),
))]
#[get("/rules/{id}/shadow")]
pub async fn get_shadow(
    app: Data<App>,
    caller: Caller,
    id: Path<String>,
    wanted: Query<WantedShadow>,
) -> Result<HttpResponse, Problem> {
    Ok(HttpResponse::Ok().json(rule::get_shadow(&app, &caller.0, &id, wanted.0.version).await?))
}
