//! A JSON body that is read strictly, for endpoints that nobody has signed in to yet.

use std::{future::Future, pin::Pin};

use actix_web::{FromRequest, HttpRequest, dev::Payload, web};
use serde::de::DeserializeOwned;

use crate::problem::Problem;

/// A body of the shape `T`; whatever is wrong with it is said with its place.
#[derive(Debug)]
pub struct Body<T>(pub T);

impl<T: DeserializeOwned + 'static> FromRequest for Body<T> {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let bytes = web::Bytes::from_request(request, payload);
        Box::pin(async move { read(&bytes.await.map_err(|e| Problem::unreadable_body(&e))?).map(Self) })
    }
}

/// Reads one JSON value.
///
/// # Errors
/// When it is not JSON, not of the shape, or something stands behind it.
pub(super) fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    // Following the path costs as much as reading: it is followed only to say where something is wrong.
    if let Ok(body) = serde_json::from_slice(bytes) {
        return Ok(body);
    }
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let body = serde_path_to_error::deserialize(&mut reader).map_err(|e| Problem::bad_body(&e))?;
    reader.end().map_err(|e| Problem::trailing(&e))?;
    Ok(body)
}
