//! Problems as RFC 9457 says them. A problem names the place and the rule; it never quotes a patient's data.

use actix_web::{HttpResponse, ResponseError, http::StatusCode};
use healthcare_application::{
    CommandError, QueryError, StoreError,
    access::{Denied, Unauthorised},
};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;
use validator::ValidationErrors;

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

    /// 401.
    pub fn unauthenticated() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "/problems/access/unauthenticated", "Sign in first")
            .detail("A valid bearer token is needed; it may have expired.")
    }

    /// 404.
    pub fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "/problems/request/not-found", "There is no such thing here")
    }

    /// 405.
    pub fn method_not_allowed(allowed: &[&str]) -> Self {
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "/problems/request/method", "This path does not know that method")
            .with(serde_json::json!({ "allow": allowed.join(", ") }))
    }

    /// 503.
    pub fn unavailable() -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "/problems/system/unavailable", "The record cannot be reached")
            .detail("Nothing was changed, or the same Idempotency-Key will tell. Try again in a few seconds.")
    }

    /// 428.
    pub fn precondition_required() -> Self {
        Self::new(
            StatusCode::PRECONDITION_REQUIRED,
            "/problems/request/precondition-required",
            "Say which version you saw",
        )
        .at("If-Match", "the ETag of the version that is to be changed")
    }

    /// 400: a header.
    pub fn bad_header(name: &str, expected: &str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "/problems/request/header", "A header cannot be read").at(name, expected)
    }

    /// 400: the path or query string.
    pub fn bad_query(detail: &str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "/problems/request/parameter", "A parameter cannot be read").detail(detail)
    }

    /// 400: one parameter.
    pub fn bad_parameter(name: &str, detail: &str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "/problems/request/parameter", "A parameter cannot be read").at(name, detail)
    }

    /// 400 or 422: the body is not JSON, or not of the shape.
    pub fn bad_body(error: &serde_path_to_error::Error<serde_json::Error>) -> Self {
        let inner = error.inner();
        match inner.classify() {
            serde_json::error::Category::Data => {
                Self::new(StatusCode::UNPROCESSABLE_ENTITY, "/problems/request/shape", "The body has another shape")
                    .at(pointer(error.path()), without_values(&inner.to_string()))
            }
            _ => Self::new(StatusCode::BAD_REQUEST, "/problems/request/not-json", "The body is not JSON")
                .detail(format!("line {}, column {}", inner.line(), inner.column())),
        }
    }

    /// 400: something stands behind the JSON.
    pub fn trailing(error: &serde_json::Error) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "/problems/request/not-json", "The body is not one JSON value")
            .detail(format!("line {}, column {}", error.line(), error.column()))
    }

    /// 413 or 400: the body could not be received.
    pub fn unreadable_body(error: &actix_web::Error) -> Self {
        let status = error.as_response_error().status_code();
        let title =
            if status == StatusCode::PAYLOAD_TOO_LARGE { "The body is too large" } else { "The body broke off" };
        Self::new(status, "/problems/request/body", title)
    }

    /// 422: a form.
    pub fn bad_form() -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "/problems/request/shape", "The body has another shape")
    }

    /// 413, with the limit in bytes.
    pub fn too_large(limit: usize) -> Self {
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "/problems/request/body", "The body is too large")
            .detail(format!("At most {limit} bytes are taken here."))
    }

    /// 408, with the seconds a body was waited for.
    pub fn too_slow(seconds: u64) -> Self {
        Self::new(StatusCode::REQUEST_TIMEOUT, "/problems/request/slow", "The body did not come in time")
            .detail(format!("It was waited for {seconds} s. Nothing was changed."))
    }

    /// 422: a field breaks its bounds.
    pub fn invalid(errors: &ValidationErrors) -> Self {
        let problem =
            Self::new(StatusCode::UNPROCESSABLE_ENTITY, "/problems/request/invalid", "A field breaks its bounds");
        faults(errors, "").into_iter().fold(problem, |problem, fault| problem.at(fault.pointer, fault.detail))
    }

    /// 429, with the seconds to wait.
    pub fn throttled(seconds: u64) -> Self {
        Self::new(StatusCode::TOO_MANY_REQUESTS, "/problems/request/too-many", "Too many attempts")
            .detail("Try again later; nobody is locked out for good.")
            .with(serde_json::json!({ "retry_after": seconds }))
    }

    /// 401: name or password.
    pub fn sign_in_refused() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "/problems/access/sign-in", "The user name or password is wrong")
    }
}

/// The faults of nested fields, flattened to pointers.
fn faults(errors: &ValidationErrors, at: &str) -> Vec<Fault> {
    let mut all = Vec::new();
    for (field, kind) in errors.errors() {
        let here = format!("{at}/{field}");
        match kind {
            validator::ValidationErrorsKind::Field(list) => all.extend(list.iter().map(|error| {
                let detail = error.message.as_ref().map_or_else(|| bounds(error), ToString::to_string);
                Fault { pointer: here.clone(), detail }
            })),
            validator::ValidationErrorsKind::Struct(inner) => all.extend(faults(inner, &here)),
            validator::ValidationErrorsKind::List(items) => {
                all.extend(items.iter().flat_map(|(n, inner)| faults(inner, &format!("{here}/{n}"))));
            }
        }
    }
    all.sort_by(|a, b| a.pointer.cmp(&b.pointer));
    all
}

/// The bounds of a rule, without the value that broke them.
fn bounds(error: &validator::ValidationError) -> String {
    let mut bounds: Vec<_> = error
        .params
        .iter()
        .filter(|(name, _)| *name != "value")
        .map(|(name, value)| format!("{name} {value}"))
        .collect();
    bounds.sort();
    format!("{} {}", error.code, bounds.join(", ")).trim().to_owned()
}

/// serde's path as a JSON pointer.
fn pointer(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    path.iter().fold(String::new(), |so_far, segment| match segment {
        Segment::Seq { index } => format!("{so_far}/{index}"),
        Segment::Map { key } => format!("{so_far}/{}", key.replace('~', "~0").replace('/', "~1")),
        Segment::Enum { variant } => format!("{so_far}/{variant}"),
        Segment::Unknown => so_far,
    })
}

/// serde quotes the value it met; what a patient's field held is not to be sent around.
fn without_values(message: &str) -> String {
    let message = message.split(" at line ").next().unwrap_or(message);
    match (message.strip_prefix("invalid type: "), message.strip_prefix("invalid value: ")) {
        (Some(rest), _) | (_, Some(rest)) => {
            let expected = rest.rsplit_once(", expected ").map_or(rest, |(_, expected)| expected);
            format!("expected {expected}")
        }
        (None, None) => message.to_owned(),
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

impl From<Denied> for Problem {
    fn from(denied: Denied) -> Self {
        let kind = format!("/problems/access/{}", denied.reason());
        Self::new(StatusCode::FORBIDDEN, kind, "You may not do this").detail(denied.to_string())
    }
}

impl From<Unauthorised> for Problem {
    fn from(why: Unauthorised) -> Self {
        match why {
            Unauthorised::Denied(denied) => denied.into(),
            Unauthorised::Store(error) => error.into(),
        }
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Conflict => {
                Self::new(StatusCode::CONFLICT, "/problems/request/conflict", "Somebody else changed it meanwhile")
                    .detail("Read it again and decide again.")
            }
            StoreError::Exists(what) => {
                Self::new(StatusCode::CONFLICT, "/problems/request/exists", "It exists already").detail(what)
            }
            StoreError::Foreign => {
                tracing::warn!("a request met another patient's data than it was permitted");
                Self::new(StatusCode::FORBIDDEN, "/problems/access/foreign", "You may not do this")
                    .detail("It is about another patient than was permitted.")
            }
            StoreError::KeyReused => Self::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "/problems/request/idempotency-key-reused",
                "The idempotency key was used for another request",
            )
            .at("Idempotency-Key", "choose a new one for a new request"),
            StoreError::Unavailable(cause) => {
                tracing::error!(error = %Chain(&*cause), "the record cannot be reached");
                Self::unavailable()
            }
            StoreError::Damaged(cause) => {
                tracing::error!(error = %Chain(&*cause), "the record cannot be read");
                Self::new(StatusCode::INTERNAL_SERVER_ERROR, "/problems/system/defect", "The record cannot be read")
            }
        }
    }
}

/// An error with its causes, for the log.
pub struct Chain<'a>(pub &'a (dyn std::error::Error + 'static));

impl std::fmt::Display for Chain<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.0)?;
        let mut cause = self.0.source();
        while let Some(error) = cause {
            write!(f, ": {error}")?;
            cause = error.source();
        }
        Ok(())
    }
}

impl From<QueryError> for Problem {
    fn from(error: QueryError) -> Self {
        match error {
            QueryError::Denied(denied) => denied.into(),
            QueryError::NotFound => Self::not_found(),
            QueryError::BadCursor => Self::bad_parameter("cursor", "take it from next_cursor of the page before"),
            QueryError::Store(error) => error.into(),
        }
    }
}

impl<E: DomainProblem> From<CommandError<E>> for Problem {
    fn from(error: CommandError<E>) -> Self {
        match error {
            CommandError::Denied(denied) => denied.into(),
            CommandError::Store(error) => error.into(),
            CommandError::NoSuchPatient => {
                Self::new(StatusCode::NOT_FOUND, "/problems/patient/unregistered", "There is no such patient")
            }
            CommandError::Foreign(place) => Self::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "/problems/request/foreign-reference",
                "A reference names nothing of this patient",
            )
            .at(place, "there is no such entry in this patient's record"),
            CommandError::Stale { current } => {
                Self::new(StatusCode::PRECONDITION_FAILED, "/problems/request/stale", "It was changed since you saw it")
                    .at("If-Match", format!("the version is {current} now"))
                    .with(serde_json::json!({ "current_version": current }))
            }
            CommandError::Refused(refusal) => {
                let (status, kind, title) = refusal.kind();
                let detail = refusal.to_string();
                let problem =
                    Self::new(status, format!("/problems/{}/{kind}", E::CONTEXT), title).detail(detail.clone());
                match refusal.pointer() {
                    Some(pointer) => problem.at(pointer, detail),
                    None => problem,
                }
            }
        }
    }
}
