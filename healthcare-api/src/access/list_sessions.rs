//! `GET /auth/sessions`.

use actix_web::{
    get,
    web::{Data, Json},
};
use healthcare_infrastructure::access::{Access, SessionView};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{http::Caller, problem::Problem};

/// Open sessions of one account.
#[derive(Serialize, ToSchema)]
pub struct Sessions {
    /// At most 200, the newest first.
    pub items: Vec<SessionView>,
    /// The session that asks, where it is one's own list.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub current: Option<Uuid>,
}

/// One's own open sessions.
#[utoipa::path(tag = "access", responses(
    (status = 200, description = "the open sessions", body = Sessions),
    (status = 401, description = "sign in first", body = Problem, content_type = "application/problem+json"),
))]
#[get("/auth/sessions")]
pub async fn list_sessions(access: Data<Access>, caller: Caller) -> Result<Json<Sessions>, Problem> {
    let actor = &caller.0.actor;
    let items = access.sessions(actor.account).await?;
    Ok(Json(Sessions { items, current: actor.session }))
}
