//! A JSON body that is read strictly, for endpoints that nobody has signed in to yet.

use std::{future::Future, pin::Pin, time::Duration};

use actix_web::{FromRequest, HttpRequest, dev::Payload, http::header, web};
use healthcare_domain::by_name::{self, ByName};
use serde::de::DeserializeOwned;

use super::depth;
use crate::{
    problem::Problem,
    surface::{SurfaceSettings, body_limit},
};

/// A body of the shape `T`; whatever is wrong with it is said with its place.
#[derive(Debug)]
pub struct Body<T>(pub T);

impl<T: DeserializeOwned + 'static> FromRequest for Body<T> {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let bytes = receive_text(request, payload);
        Box::pin(async move { read(&bytes.await?).map(Self) })
    }
}

/// Receives a body that is JSON, nested no deeper than a body may be, for who reads it with places of their own.
pub fn receive_json(
    request: &HttpRequest,
    payload: &mut Payload,
) -> impl Future<Output = Result<web::Bytes, Problem>> + use<> {
    let bytes = receive_text(request, payload);
    async move {
        let bytes = bytes.await?;
        depth::check(&bytes)?;
        Ok(bytes)
    }
}

/// Receives a body that says it is JSON in UTF-8, or says nothing of what it is. An empty one is nothing, whatever it says.
pub(super) fn receive_text(
    request: &HttpRequest,
    payload: &mut Payload,
) -> impl Future<Output = Result<web::Bytes, Problem>> + use<> {
    let said = request.headers().get(header::CONTENT_TYPE).map(|said| said.to_str().is_ok_and(is_json));
    let bytes = receive(request, payload);
    async move {
        let bytes = bytes.await?;
        if said == Some(false) && !bytes.is_empty() { Err(Problem::not_json()) } else { Ok(bytes) }
    }
}

/// Whether a media type is JSON, or of a kind that is JSON (RFC 6839), in UTF-8.
fn is_json(said: &str) -> bool {
    let mut parts = said.split(';').map(|part| part.trim().to_ascii_lowercase());
    let json = parts.next().is_some_and(|kind| kind == "application/json" || kind.ends_with("+json"));
    let charset = |part: String| part.strip_prefix("charset=").map(|name| name.trim_matches('"').to_owned());
    json && parts.filter_map(charset).all(|name| name == "utf-8" || name == "utf8")
}

/// Receives a whole body: no larger than its path takes, and no longer than a body may take.
pub(super) fn receive(
    request: &HttpRequest,
    payload: &mut Payload,
) -> impl Future<Output = Result<web::Bytes, Problem>> + use<> {
    let limit = body_limit(super::path(request));
    let patience = patience(request);
    let bytes = web::Bytes::from_request(request, payload);
    async move {
        match tokio::time::timeout(patience, bytes).await {
            Ok(Ok(bytes)) if bytes.len() > limit => Err(Problem::too_large(limit)),
            Ok(received) => received.map_err(|e| Problem::unreadable_body(&e)),
            Err(_) => Err(Problem::too_slow(patience.as_secs())),
        }
    }
}

/// How long a body, or the next piece of a large one, is waited for.
pub fn patience(request: &HttpRequest) -> Duration {
    let settings = request.app_data::<web::Data<SurfaceSettings>>();
    settings.map_or(SurfaceSettings::default().body, |settings| settings.body)
}

/// Reads one JSON value.
///
/// # Errors
/// When it is not JSON, not of the shape, or something stands behind it.
pub fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    depth::check(bytes)?;
    // Following the path costs as much as reading: it is followed only to say where something is wrong.
    if let Ok(body) = by_name::from_slice(bytes) {
        return Ok(body);
    }
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let body = serde_path_to_error::deserialize(ByName(&mut reader)).map_err(|e| Problem::bad_body(&e))?;
    reader.end().map_err(|e| Problem::trailing(&e))?;
    Ok(body)
}

#[cfg(test)]
mod tests {
    use super::is_json;

    #[test]
    fn json_is_told_by_its_media_type() {
        for json in [
            "application/json",
            "Application/JSON; charset=UTF-8",
            "application/json;charset=\"utf-8\"",
            "application/merge-patch+json",
            "application/fhir+json; fhirVersion=4.0",
        ] {
            assert!(is_json(json), "{json}");
        }
        for other in ["text/plain", "application/xml", "application/json; charset=latin1", "text/json", "", "json"] {
            assert!(!is_json(other), "{other}");
        }
    }
}
