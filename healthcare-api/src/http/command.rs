//! What a caller sends: a JSON body that is read strictly, with the headers that make it repeatable.

use std::{future::Future, pin::Pin};

use actix_web::{FromRequest, HttpRequest, dev::Payload, http::Method};
use healthcare_application::Call;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};
use validator::Validate;

use super::{
    body::{read, receive_text},
    caller::{call_of, signed_in},
};
use crate::problem::Problem;

/// A command: who sends it, and its body. Reading it checks the token first, then the headers, then the shape of the
/// body; whatever is wrong is said with its place, and nothing has happened.
#[derive(Debug)]
pub struct Command<T> {
    /// Who sends it, and with which request.
    pub call: Call,
    /// What it says.
    pub body: T,
}

impl<T: DeserializeOwned + Validate + 'static> FromRequest for Command<T> {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        let bytes = receive_text(&request, payload);
        Box::pin(async move {
            // Who may not is told so before the body is looked at.
            let (actor, _) = signed_in(&request).await?;
            let bytes = bytes.await?;
            // Only who may repeat it is compared.
            let repeats = request.headers().contains_key("idempotency-key");
            let call = call_of(&request, actor, if repeats { hash(&request, &bytes) } else { vec![] })?;
            let conditional = [Method::PATCH, Method::PUT, Method::DELETE].contains(request.method());
            if conditional && call.if_match.is_none() {
                return Err(Problem::precondition_required());
            }
            // A command without a body says nothing but that it is to be done.
            let text: &[u8] = if bytes.is_empty() { b"{}" } else { &bytes };
            let body: T = read(text)?;
            body.validate().map_err(|e| Problem::invalid(&e))?;
            Ok(Self { call, body })
        })
    }
}

/// What makes two requests the same: method, path and body.
fn hash(request: &HttpRequest, body: &[u8]) -> Vec<u8> {
    let mut hash = Sha256::new();
    hash.update(request.method().as_str());
    hash.update([0]);
    hash.update(super::path(request));
    hash.update([0]);
    hash.update(body);
    hash.finalize().to_vec()
}
