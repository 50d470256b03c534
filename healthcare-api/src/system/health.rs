//! Whether the process lives, and whether it can serve.

use std::time::Duration;

use actix_web::{HttpResponse, get, http::StatusCode, web::Data};
use healthcare_infrastructure::{kafka::Kafka, platform::Platform};
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
    /// The record. Nothing works without it.
    database: State,
    /// Redis, where it is configured. Without it each node counts sign-ins for itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    redis: Option<State>,
    /// Kafka, where it is configured. Without it the relay waits.
    #[serde(skip_serializing_if = "Option::is_none")]
    kafka: Option<State>,
    /// The rules of decision support that should be judged and cannot be; the others are. None is left out silently:
    /// which they are is told by `GET /api/v1/rules?broken=true`.
    #[serde(skip_serializing_if = "Option::is_none")]
    rules_broken: Option<usize>,
}

impl From<bool> for State {
    fn from(answers: bool) -> Self {
        if answers { Self::Up } else { Self::Down }
    }
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
pub async fn readyz(platform: Data<Platform>, kafka: Data<Option<Kafka>>) -> HttpResponse {
    readiness(&platform, kafka.as_ref().as_ref()).await
}

/// The same as `/readyz`.
#[utoipa::path(tag = "system", security(()), responses(
    (status = 200, description = "it can, perhaps degraded", body = Readiness),
    (status = 503, description = "it cannot", body = Readiness),
))]
#[get("/health")]
pub async fn health(platform: Data<Platform>, kafka: Data<Option<Kafka>>) -> HttpResponse {
    readiness(&platform, kafka.as_ref().as_ref()).await
}

async fn readiness(platform: &Platform, kafka: Option<&Kafka>) -> HttpResponse {
    let database = async {
        let asked = async { platform.db.get().await.ok()?.simple_query("select 1").await.ok() };
        matches!(tokio::time::timeout(Duration::from_secs(2), asked).await, Ok(Some(_)))
    };
    let kafka = async {
        match kafka {
            Some(kafka) => Some(kafka.answers().await),
            None => None,
        }
    };
    let (database, redis, kafka) = tokio::join!(database, platform.shared.answers(), kafka);
    let broken = platform.app.rules.course().broken.len();
    let (code, status) = match (database, redis, kafka) {
        (false, ..) => (StatusCode::SERVICE_UNAVAILABLE, "unavailable"),
        (true, Some(false), _) | (true, _, Some(false)) => (StatusCode::OK, "degraded"),
        (true, _, _) if broken > 0 => (StatusCode::OK, "degraded"),
        (true, _, _) => (StatusCode::OK, "ready"),
    };
    let (redis, kafka) = (redis.map(State::from), kafka.map(State::from));
    let rules_broken = (broken > 0).then_some(broken);
    HttpResponse::build(code).json(Readiness { status, database: database.into(), redis, kafka, rules_broken })
}
