//! Who calls, from the bearer token.

use std::{future::Future, pin::Pin};

use actix_web::{FromRequest, HttpMessage, HttpRequest, dev::Payload, http::header, web::Data};
use chrono::{DateTime, Utc};
use healthcare_application::{Actor, Call, access::Idempotency};
use healthcare_domain::id::AccountId;
use healthcare_infrastructure::access::{Access, Origin, TokenError};
use tracing_actix_web::RequestId;

use crate::{
    problem::Problem,
    surface::{Rates, client_address},
};

/// The authenticated caller of a request. An endpoint that takes one is closed to everybody else.
#[derive(Debug, Clone)]
pub struct Caller(pub Call);

impl FromRequest for Caller {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let (actor, _) = signed_in(&request).await?;
            Ok(Self(plain(&request, actor)))
        })
    }
}

/// Whom a request's token spoke for when it came, for what looks at the request afterwards.
#[derive(Debug, Clone)]
pub struct SignedIn(pub Actor);

/// Whose account somebody asked for in vain, for the trail alone: the answer is the same as of an account that is not.
#[derive(Debug, Clone, Copy)]
pub struct Tried {
    /// The account.
    pub account: AccountId,
    /// Why in vain, where the answer does not say it.
    pub why: Option<&'static str>,
}

/// What a request did is in the trail already: it was recorded with what was done, and both or neither holds.
#[derive(Debug, Clone, Copy)]
pub struct Recorded;

/// What a request's bearer token was found to say.
struct Looked(Actor, DateTime<Utc>);

/// The actor of a request's bearer token, and when the token expires.
pub async fn signed_in(request: &HttpRequest) -> Result<(Actor, DateTime<Utc>), Problem> {
    // The gate in front of the route has looked already.
    if let Some(Looked(actor, until)) = request.extensions().get::<Looked>() {
        return Ok((actor.clone(), *until));
    }
    let access = request.app_data::<Data<Access>>().ok_or_else(Problem::unavailable)?;
    let token = request
        .headers()
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .map(|(_, token)| token.trim());
    let signed_in =
        access.verify_until(token.ok_or_else(Problem::unauthenticated)?).await.map_err(|error| match error {
            TokenError::Unknown => Problem::unavailable(),
            TokenError::Invalid | TokenError::Expired | TokenError::Revoked => Problem::unauthenticated(),
        })?;
    request.extensions_mut().insert(SignedIn(signed_in.0.clone()));
    request.extensions_mut().insert(Looked(signed_in.0.clone(), signed_in.1));
    if let Some(rates) = request.app_data::<Data<Rates>>() {
        rates.by_account(signed_in.0.account, &mut request.extensions_mut())?;
    }
    Ok(signed_in)
}

/// The call of an actor that a request makes, without its preconditions.
pub fn plain(request: &HttpRequest, actor: Actor) -> Call {
    let address = client_address(request);
    let resource = crate::startup::resource(request);
    Call { address, resource, traceparent: traceparent(request), ..Call::of(actor, request_id(request)) }
}

/// From where a request comes, for who signs in with it.
pub fn origin(request: &HttpRequest) -> Origin {
    let agent = request.headers().get(header::USER_AGENT).and_then(|value| value.to_str().ok());
    Origin { address: client_address(request), agent: agent.map(str::to_owned), request: request_id(request) }
}

/// The trace a request belongs to.
fn traceparent(request: &HttpRequest) -> Option<String> {
    let text = request.headers().get("traceparent")?.to_str().ok()?;
    (text.len() <= 128).then(|| text.to_owned())
}

/// The call a request makes: its actor, its id, its trace, its preconditions.
pub(super) fn call_of(request: &HttpRequest, actor: Actor, request_hash: Vec<u8>) -> Result<Call, Problem> {
    let text = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok());
    let key = match request.headers().get("idempotency-key").map(|value| value.to_str()) {
        None => None,
        Some(Ok(key)) if (1..=200).contains(&key.len()) => Some(key.to_owned()),
        Some(_) => return Err(Problem::bad_header("Idempotency-Key", "1 to 200 visible ASCII characters")),
    };
    let if_match = match text("if-match") {
        None => None,
        Some(tag) => {
            let version = tag.trim().trim_matches('"').parse();
            Some(version.map_err(|_| Problem::bad_header("If-Match", "one ETag as it was answered, e.g. \"3\""))?)
        }
    };
    Ok(Call { idempotency: key.map(|key| Idempotency { key, request_hash }), if_match, ..plain(request, actor) })
}

/// The path of a request as it is matched to a route: decoded, so that no way of writing one goes around a look at it.
pub fn path(request: &HttpRequest) -> &str {
    request.match_info().as_str()
}

/// The id under which a request appears in logs and problems.
pub fn request_id(request: &HttpRequest) -> uuid::Uuid {
    request.extensions().get::<RequestId>().map_or_else(uuid::Uuid::nil, |id| **id)
}
