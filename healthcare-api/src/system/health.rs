//! Whether the process lives, and whether it can serve.

use std::time::Duration;

use actix_web::{HttpResponse, get, http::StatusCode, web::Data};
use healthcare_infrastructure::platform::Platform;
use serde::Serialize;
use utoipa::ToSchema;

/// How a part of the house stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// Works.
    Up,
    /// Does not answer.
    Down,
}

/// Whether the server can serve, and what it leans on.
#[derive(Debug, Serialize, ToSchema)]
pub struct Readiness {
    /// `ready`, `degraded` or `unavailable`.
    #[schema(example = "ready")]
    status: &'static str,
    /// The record.
    database: State,
}

/// Whether the process lives. Asks nobody else.
#[utoipa::path(tag = "system", security(()), responses((status = 200, description = "it lives", content_type = "text/plain")))]
#[get("/livez")]
pub async fn livez() -> HttpResponse {
    HttpResponse::Ok().content_type("text/plain").body("alive")
}

/// Whether the server can serve.
#[utoipa::path(tag = "system", security(()), responses(
    (status = 200, description = "it can, perhaps degraded", body = Readiness),
    (status = 503, description = "it cannot", body = Readiness),
))]
#[get("/readyz")]
pub async fn readyz(platform: Data<Platform>) -> HttpResponse {
    readiness(&platform).await
}

/// The same as `/readyz`.
#[utoipa::path(tag = "system", security(()), responses(
    (status = 200, description = "it can, perhaps degraded", body = Readiness),
    (status = 503, description = "it cannot", body = Readiness),
))]
#[get("/health")]
pub async fn health(platform: Data<Platform>) -> HttpResponse {
    readiness(&platform).await
}

async fn readiness(platform: &Platform) -> HttpResponse {
    let asked = async { platform.db.get().await.ok()?.simple_query("select 1").await.ok() };
    let (code, status, database) = match tokio::time::timeout(Duration::from_secs(2), asked).await {
        Ok(Some(_)) => (StatusCode::OK, "ready", State::Up),
        Ok(None) | Err(_) => (StatusCode::SERVICE_UNAVAILABLE, "unavailable", State::Down),
    };
    HttpResponse::build(code).json(Readiness { status, database })
}
