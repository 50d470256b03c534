//! Problems as RFC 9457 says them. A problem names the place and the rule; it never quotes a patient's data.
//!
//! What a context refuses stands beside its routes, as its [`DomainProblem`]. Here is what all of them share: what is
//! wrong with a request (`request`), and what the application answers (`refusal`).

mod refusal;
mod request;

pub use refusal::Chain;

use actix_web::{HttpResponse, ResponseError, http::StatusCode};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// Why a request was not served (`application/problem+json`).
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Problem {
    /// A stable name of this kind of problem, `/problems/<context>/<kind>`.
    #[serde(rename = "type")]
    #[schema(example = "/problems/encounter/already-discharged")]
    pub kind: String,
    /// The kind in words.
    pub title: String,
    /// The HTTP status.
    #[schema(example = 409)]
    pub status: u16,
    /// What was the matter this time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// Where in the request, by JSON pointer.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<Fault>,
    /// The request, to ask about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_id: Option<Uuid>,
    /// More, by kind of problem: the findings of decision support, the current version.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Object)]
    pub extra: Option<serde_json::Value>,
}

/// One fault in a request.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Fault {
    /// Where, as a JSON pointer into the body, or the name of a header or parameter.
    #[schema(example = "/demographics/birth_date")]
    pub pointer: String,
    /// What is wrong there.
    pub detail: String,
}

/// What a refusal of the domain is over HTTP: the status, the last part of its type, its title.
pub trait DomainProblem: std::error::Error {
    /// The context in the problem's type, e.g. `encounter`.
    const CONTEXT: &'static str;
    /// Status, kind and title of this variant.
    fn kind(&self) -> (StatusCode, &'static str, &'static str);
    /// The place in the body it is about, if it is about one.
    fn pointer(&self) -> Option<&'static str> {
        None
    }
}

impl Problem {
    /// A problem of a kind.
    pub fn new(status: StatusCode, kind: impl Into<String>, title: impl Into<String>) -> Self {
        Self {
            kind: kind.into(),
            title: title.into(),
            status: status.as_u16(),
            detail: None,
            errors: vec![],
            request_id: None,
            extra: None,
        }
    }

    /// With what was the matter this time.
    #[must_use]
    pub fn detail(self, detail: impl Into<String>) -> Self {
        Self { detail: Some(detail.into()), ..self }
    }

    /// With a place.
    #[must_use]
    pub fn at(mut self, pointer: impl Into<String>, detail: impl Into<String>) -> Self {
        self.errors.push(Fault { pointer: pointer.into(), detail: detail.into() });
        self
    }

    /// With more.
    #[must_use]
    pub fn with(self, extra: serde_json::Value) -> Self {
        Self { extra: Some(extra), ..self }
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.status, self.kind)
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponse::build(self.status_code());
        if self.status == 405
            && let Some(allowed) = self.extra.as_ref().and_then(|extra| extra["allow"].as_str())
        {
            response.insert_header(("allow", allowed));
        }
        if self.status == 401 {
            response.insert_header(("www-authenticate", "Bearer"));
        }
        let wait = self.extra.as_ref().and_then(|extra| extra["retry_after"].as_u64());
        if let Some(seconds) = wait.or((self.status == 503).then_some(2)) {
            response.insert_header(("retry-after", seconds));
        }
        // The body was built from text and numbers alone; writing it cannot fail.
        response.content_type("application/problem+json").body(serde_json::to_vec(self).unwrap_or_default())
    }
}
