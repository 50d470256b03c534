//! The server of a gateway on its own: readings in, and nothing else.

use std::{net::TcpListener, time::Duration};

use actix_web::{
    App, HttpRequest, HttpResponse, HttpServer,
    dev::Server,
    get,
    http::{StatusCode, header},
    middleware::DefaultHeaders,
    post,
    web::{self, Bytes, Data},
};
use healthcare_application::{Actor, Call, Permission, access::Unauthorised};
use healthcare_infrastructure::access::{Access, TokenError};
use validator::Validate as _;

use super::{SubmitReadings, Submitted, turned_away::TurnedAway};
use crate::transport::Transport;

/// The largest body that is read, in bytes: as the main server's.
const BODY_LIMIT: usize = 1 << 20;
/// Threads that serve requests.
const WORKERS: usize = 2;
/// Within which the head of a request has to be there, and a body: as at the main server.
const HEAD: Duration = Duration::from_secs(5);
const BODY: Duration = Duration::from_secs(30);
/// Connections that a thread serves at once; further ones wait to be accepted.
const CONNECTIONS: usize = 5_000;

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
            .wrap(protection())
    });
    let server = server.workers(WORKERS).shutdown_timeout(20).disable_signals();
    Ok(server.client_request_timeout(HEAD).max_connections(CONNECTIONS).listen(listener)?.run())
}

/// Answers are data, and nobody's to keep: what the main server says of its own.
fn protection() -> DefaultHeaders {
    DefaultHeaders::new()
        .add((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .add((header::REFERRER_POLICY, "no-referrer"))
        .add((header::X_FRAME_OPTIONS, "DENY"))
        .add((header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"))
        .add((header::CACHE_CONTROL, "no-store"))
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
    app.authorise(&call, Permission::SubmitTelemetry, None).await.map_err(turned_away)?;
    let SubmitReadings(batch) = read(&receive(body, BODY).await?)?;
    let trace = request.headers().get("traceparent").and_then(|value| value.to_str().ok());
    let trace = trace.filter(|trace| trace.len() <= 128);
    let receipt = transport.submit(&batch.readings, actor.device, trace).await.map_err(|error| {
        tracing::error!(error = &error as &dyn std::error::Error, "readings are not acknowledged");
        TurnedAway::Unavailable
    })?;
    Ok(HttpResponse::Ok().json(Submitted::from(receipt)))
}

/// Who is told that they may not sends the readings to nobody else; where it cannot be told, they come again.
fn turned_away(why: Unauthorised) -> TurnedAway {
    match why {
        Unauthorised::Denied(_) | Unauthorised::Merged(_) => TurnedAway::Denied,
        Unauthorised::Store(error) => {
            tracing::error!(error = &error as &dyn std::error::Error, "whether readings may be sent cannot be told");
            TurnedAway::Unavailable
        }
    }
}

/// Receives a whole body: no larger and no longer than a body may be.
async fn receive(body: web::Payload, patience: Duration) -> Result<Bytes, TurnedAway> {
    let received = tokio::time::timeout(patience, body.to_bytes_limited(BODY_LIMIT)).await;
    let limited = received.map_err(|_| TurnedAway::Body(StatusCode::REQUEST_TIMEOUT))?;
    let whole = limited.map_err(|_| TurnedAway::Body(StatusCode::PAYLOAD_TOO_LARGE))?;
    whole.map_err(|_| TurnedAway::Body(StatusCode::BAD_REQUEST))
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

#[cfg(test)]
mod tests {
    use actix_web::{FromRequest, dev::Payload, error::PayloadError, test::TestRequest};
    use futures::stream;
    use healthcare_application::{StoreError, access::Denied};

    use super::*;

    /// SECURITY 54: a body that is too large or too slow is not waited for.
    #[actix_web::test]
    async fn a_body_has_its_size_and_its_time() {
        let body = async |payload: Payload| {
            let payload = web::Payload::from_request(&TestRequest::default().to_http_request(), &mut { payload });
            receive(payload.await.unwrap(), Duration::from_millis(10)).await
        };
        let of = |pieces: Vec<Result<Bytes, PayloadError>>| -> Payload {
            Payload::Stream { payload: Box::pin(stream::iter(pieces)) }
        };
        let whole = body(of(vec![Ok(Bytes::from_static(b"{"))])).await;
        assert_eq!(whole.unwrap(), "{");
        let large = body(of(vec![Ok(vec![b' '; BODY_LIMIT + 1].into())])).await;
        assert_eq!(large.unwrap_err(), TurnedAway::Body(StatusCode::PAYLOAD_TOO_LARGE));
        let broken = body(of(vec![Err(PayloadError::Incomplete(None))])).await;
        assert_eq!(broken.unwrap_err(), TurnedAway::Body(StatusCode::BAD_REQUEST));
        let slow = body(Payload::Stream { payload: Box::pin(stream::pending()) }).await;
        assert_eq!(slow.unwrap_err(), TurnedAway::Body(StatusCode::REQUEST_TIMEOUT));
    }

    /// SECURITY 34: what cannot be told is no refusal for good.
    #[test]
    fn what_cannot_be_told_is_asked_again() {
        let denied = Denied::Role(Permission::SubmitTelemetry);
        assert_eq!(turned_away(denied.into()), TurnedAway::Denied);
        assert_eq!(turned_away(StoreError::Foreign.into()), TurnedAway::Unavailable);
    }

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
