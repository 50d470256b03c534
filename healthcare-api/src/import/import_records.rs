//! `POST /imports`.

use std::time::Duration;

use actix_web::{
    HttpRequest, HttpResponse, post,
    web::{Bytes, BytesMut, Data, Payload},
};
use futures::StreamExt;
use healthcare_application::Permission;
use healthcare_infrastructure::{
    import::{self, ImportContext, ImportReport, ImportStopped},
    platform::Platform,
};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::{
    http::{Caller, Query, patience},
    problem::Problem,
};

/// The largest body that is imported, in bytes as sent; larger exports go through `healthcare import`.
const BODY_LIMIT: usize = 64 << 20;
/// What refusals call the body.
const NAME: &str = "body";

/// How the records are to be understood.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct ImportRecords {
    /// The system they come from: what it calls by the same id is then the same in every import.
    #[param(example = "st-elsewhere")]
    source: Option<String>,
}

/// Imports FHIR R4: a resource, a Bundle or NDJSON, also packed by gzip. Safe to repeat: the same again adds nothing.
/// What is refused is listed with its place and reason; the rest is stored.
#[utoipa::path(tag = "imports", params(ImportRecords), request_body(
    content_type = "application/fhir+json", description = "one resource, a Bundle, or NDJSON", content = serde_json::Value,
), responses(
    (status = 200, description = "what became of each resource", body = ImportReport),
    (status = 401, description = "sign in first", body = Problem, content_type = "application/problem+json"),
    (status = 403, description = "the role may not", body = Problem, content_type = "application/problem+json"),
    (status = 413, description = "larger than 64 MiB", body = Problem, content_type = "application/problem+json"),
    (status = 503, description = "the record went away; send it again", body = Problem, content_type = "application/problem+json"),
))]
#[post("/imports")]
pub async fn import_records(
    request: HttpRequest,
    platform: Data<Platform>,
    caller: Caller,
    query: Query<ImportRecords>,
    body: Payload,
) -> Result<HttpResponse, Problem> {
    let Query(ImportRecords { source }) = query;
    if source.as_deref().is_some_and(|s| s.trim().is_empty() || s.len() > 200) {
        return Err(Problem::bad_parameter("source", "1 to 200 characters"));
    }
    let app = &platform.app;
    let permit = app.authorise(&caller.0, Permission::ImportRecords, None).await?;
    let context = ImportContext::new(platform.store.clone(), app.clock.clone(), &permit, &caller.0, source)
        .map(|context| context.numbering(app.patients.mrn.clone()));
    // The permit was made out for this one line above.
    let context = context.ok_or_else(Problem::unavailable)?;
    let body = receive(body, patience(&request)).await?;
    match import::run_bytes(&context, NAME, body, |_| {}).await {
        Ok(report) => Ok(HttpResponse::Ok().json(report)),
        Err(ImportStopped { cause, .. }) => Err(cause.into()),
    }
}

/// Receives the body, never more of it than is imported, and waits for each piece no longer than for a body.
async fn receive(mut body: Payload, patience: Duration) -> Result<Bytes, Problem> {
    let mut received = BytesMut::new();
    loop {
        let next = tokio::time::timeout(patience, body.next()).await;
        let Some(chunk) = next.map_err(|_| Problem::too_slow(patience.as_secs()))? else { break };
        let chunk = chunk.map_err(|e| Problem::unreadable_body(&e.into()))?;
        if received.len() + chunk.len() > BODY_LIMIT {
            return Err(Problem::unreadable_body(&actix_web::error::PayloadError::Overflow.into()));
        }
        received.extend_from_slice(&chunk);
    }
    Ok(received.freeze())
}
