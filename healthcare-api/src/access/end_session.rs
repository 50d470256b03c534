//! `DELETE /auth/sessions/{id}`.

use actix_web::{
    HttpResponse, delete,
    web::{Data, Path},
};
use healthcare_infrastructure::access::Access;
use uuid::Uuid;

use crate::{http::Caller, problem::Problem};

/// Ends one of one's own sessions: its tokens are refused on every node within seconds.
#[utoipa::path(tag = "access", params(("id" = Uuid, Path, description = "the session")), responses(
    (status = 204, description = "ended"),
    (status = 401, description = "sign in first", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "there is no such open session of one's own", body = Problem, content_type = "application/problem+json"),
))]
#[delete("/auth/sessions/{id}")]
pub async fn end_session(access: Data<Access>, caller: Caller, id: Path<Uuid>) -> Result<HttpResponse, Problem> {
    match access.end_sessions(caller.0.actor.account, Some(*id), "ended by its owner").await? {
        0 => Err(Problem::not_found()),
        _ => Ok(HttpResponse::NoContent().finish()),
    }
}
