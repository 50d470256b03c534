//! `GET /break-glass/{id}`.

use actix_web::{
    HttpResponse, get,
    http::header,
    web::{Data, Path},
};
use healthcare_application::{
    App,
    break_glass::{self, GrantView},
};
use healthcare_domain::id::BreakGlassId;

use crate::{http::Caller, problem::Problem};

/// A record that was opened without a care relationship: the caller's own, or any for who reviews.
#[utoipa::path(tag = "break-glass", params(("id" = uuid::Uuid, Path, description = "the grant")), responses(
    (status = 200, description = "as it stands", body = GrantView, headers(("ETag" = String))),
    (status = 403, description = "the role may not", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "no such grant, or it is somebody else's", body = Problem, content_type = "application/problem+json"),
))]
#[get("/break-glass/{id}")]
pub async fn get_grant(app: Data<App>, caller: Caller, id: Path<BreakGlassId>) -> Result<HttpResponse, Problem> {
    let grant = break_glass::get_grant(&app, &caller.0, *id).await?;
    Ok(HttpResponse::Ok().insert_header((header::ETAG, format!("\"{}\"", grant.version()))).json(grant))
}
