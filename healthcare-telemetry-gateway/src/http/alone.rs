//! The server of a gateway on its own: readings in, and nothing else.

use std::net::TcpListener;

use actix_web::{
    App, HttpRequest, HttpResponse, HttpServer,
    dev::Server,
    get,
    http::header,
    post,
    web::{self, Data},
};
use healthcare_application::{Actor, Call, Permission};
use healthcare_infrastructure::access::{Access, TokenError};
use validator::Validate as _;

use super::{SubmitReadings, Submitted, turned_away::TurnedAway};
use crate::transport::Transport;

/// The largest body that is read, in bytes: as the main server's.
const BODY_LIMIT: usize = 1 << 20;
/// Threads that serve requests.
const WORKERS: usize = 2;

/// Serves until the server's handle is told to stop; then it answers what it has begun.
///
/// # Errors
/// When the listener cannot be used.
pub fn serve(
    listener: TcpListener,
    app: healthcare_application::App,
    access: Access,
    transport: Transport,
) -> std::io::Result<Server> {
    let server = HttpServer::new(move || {
        App::new()
            .app_data(Data::new(app.clone()))
            .app_data(Data::new(access.clone()))
            .app_data(Data::new(transport.clone()))
            .app_data(web::PayloadConfig::new(BODY_LIMIT))
            .service(web::scope("/api/v1").service(submit_readings))
            .service(healthz)
            .default_service(web::to(async || Err::<HttpResponse, _>(TurnedAway::NotFound)))
    });
    Ok(server.workers(WORKERS).shutdown_timeout(20).disable_signals().listen(listener)?.run())
}

/// Takes readings, as the endpoint of the main server does.
#[post("/telemetry/readings")]
async fn submit_readings(
    app: Data<healthcare_application::App>,
    transport: Data<Transport>,
    request: HttpRequest,
    body: web::Payload,
) -> Result<HttpResponse, TurnedAway> {
    let actor = actor_of(&request).await?;
    let call =
        Call { address: request.peer_addr().map(|peer| peer.ip()), ..Call::of(actor.clone(), app.clock.new_id()) };
    app.authorise(&call, Permission::SubmitTelemetry, None).await.map_err(|_| TurnedAway::Denied)?;
    let body = body.to_bytes_limited(BODY_LIMIT).await.map_err(|_| too_large())?.map_err(|_| broken_off())?;
    let SubmitReadings(batch) = read(&body)?;
    let trace = request.headers().get("traceparent").and_then(|value| value.to_str().ok());
    let trace = trace.filter(|trace| trace.len() <= 128);
    let receipt = transport.submit(&batch.readings, actor.device, trace).await.map_err(|error| {
        tracing::error!(error = &error as &dyn std::error::Error, "readings are not acknowledged");
        TurnedAway::Unavailable
    })?;
    Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(Submitted::from(receipt)))
}

/// That the process answers.
#[get("/healthz")]
async fn healthz() -> HttpResponse {
    HttpResponse::Ok().body("ok")
}

async fn actor_of(request: &HttpRequest) -> Result<Actor, TurnedAway> {
    let access = request.app_data::<Data<Access>>().ok_or(TurnedAway::Unavailable)?;
    let token = request
        .headers()
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .map(|(_, token)| token.trim());
    access.verify(token.ok_or(TurnedAway::Unauthenticated)?).await.map_err(|error| match error {
        TokenError::Unknown => TurnedAway::Unavailable,
        TokenError::Invalid | TokenError::Expired | TokenError::Revoked => TurnedAway::Unauthenticated,
    })
}

/// Reads a body strictly. What is wrong is said with its place, and never quoted.
fn read(body: &[u8]) -> Result<SubmitReadings, TurnedAway> {
    let mut reader = serde_json::Deserializer::from_slice(body);
    let batch: SubmitReadings = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        if error.inner().is_data() {
            let place = error.path().iter().map(|segment| format!("/{segment}").replace(['[', ']'], ""));
            TurnedAway::Shape { pointer: place.collect() }
        } else {
            TurnedAway::NotJson
        }
    })?;
    reader.end().map_err(|_| TurnedAway::NotJson)?;
    batch.validate().map_err(|_| TurnedAway::Bounds)?;
    Ok(batch)
}

const fn too_large() -> TurnedAway {
    TurnedAway::Body(actix_web::http::StatusCode::PAYLOAD_TOO_LARGE)
}

const fn broken_off() -> TurnedAway {
    TurnedAway::Body(actix_web::http::StatusCode::BAD_REQUEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_with_a_body_is_said_with_its_place() {
        let turned = |body: &str| read(body.as_bytes()).map(|_| ()).unwrap_err();
        assert_eq!(turned("{"), TurnedAway::NotJson);
        assert_eq!(turned(r#"{"readings":[]} x"#), TurnedAway::NotJson);
        assert_eq!(turned(r#"{"readings":[]}"#), TurnedAway::Bounds);
        let shape = turned(r#"{"readings":[{"event_id":7}]}"#);
        assert_eq!(shape, TurnedAway::Shape { pointer: "/readings/0/event_id".into() });
    }
}
