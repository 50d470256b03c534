//! A body that may be a form or JSON, as OAuth's clients send it.

use std::{future::Future, pin::Pin};

use actix_web::{FromRequest, HttpMessage, HttpRequest, dev::Payload};
use serde::de::DeserializeOwned;

use super::body::{read, receive, receive_text};
use crate::problem::Problem;

/// A body of the shape `T`, as `application/x-www-form-urlencoded` or as JSON.
#[derive(Debug)]
pub struct FormBody<T>(pub T);

impl<T: DeserializeOwned + 'static> FromRequest for FormBody<T> {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let form = request.content_type().eq_ignore_ascii_case("application/x-www-form-urlencoded");
        if form {
            let bytes = receive(request, payload);
            return Box::pin(async move {
                let read = serde_urlencoded::from_bytes(&bytes.await?);
                read.map(Self).map_err(|_| Problem::bad_form())
            });
        }
        let bytes = receive_text(request, payload);
        Box::pin(async move { read(&bytes.await?).map(Self) })
    }
}
