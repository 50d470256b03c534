//! What is wrong with a request, before any use case is asked.

use actix_web::http::StatusCode;
use healthcare_domain::id::PatientId;
use healthcare_infrastructure::fhir::parse::plainly;
use validator::ValidationErrors;

use super::{Fault, Problem};

impl Problem {
    /// 401.
    pub fn unauthenticated() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "/problems/access/unauthenticated", "Sign in first")
            .detail("A valid bearer token is needed; it may have expired.")
    }

    /// 404.
    pub fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "/problems/request/not-found", "There is no such thing here")
    }

    /// 409: the record of a merged patient is the survivor's, who is named.
    pub fn merged(survivor: PatientId) -> Self {
        Self::new(StatusCode::CONFLICT, "/problems/patient/merged", "The patient was merged into another one")
            .detail("It is the same person: ask the same of the surviving patient.")
            .with(serde_json::json!({ "survivor": survivor, "location": format!("/api/v1/patients/{survivor}") }))
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

    /// 400: the query string, with the parameter it is about. What was sent is not said back.
    pub fn bad_query(error: &serde_path_to_error::Error<serde_urlencoded::de::Error>) -> Self {
        let detail = without_values(&error.inner().to_string());
        match error.path().iter().next() {
            Some(serde_path_to_error::Segment::Map { key }) => Self::bad_parameter(key, &detail),
            _ => Self::new(StatusCode::BAD_REQUEST, "/problems/request/parameter", "A parameter cannot be read")
                .detail(detail),
        }
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

    /// 415: the body says that it is something else than JSON.
    pub fn not_json() -> Self {
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "/problems/request/content-type", "The body is not JSON")
            .at("Content-Type", "send application/json, in UTF-8")
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

    /// 422: fields that do not go together.
    pub fn misfit(pointer: &str, detail: &str) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "/problems/request/invalid", "Fields do not go together")
            .at(pointer, detail)
    }

    /// 422: a field that is wanted here is not there.
    pub fn missing(pointer: &str, detail: &str) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "/problems/request/invalid", "A field breaks its bounds")
            .at(pointer, detail)
    }

    /// 429, with the seconds to wait.
    pub fn throttled(seconds: u64) -> Self {
        Self::new(StatusCode::TOO_MANY_REQUESTS, "/problems/request/too-many", "Too many attempts")
            .detail("Try again later; nobody is locked out for good.")
            .with(serde_json::json!({ "retry_after": seconds }))
    }

    /// 401: name, password or code.
    pub fn sign_in_refused() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "/problems/access/sign-in", "The user name, password or code is wrong")
    }

    /// 401: name and password are right; a code is needed too.
    pub fn second_factor_required() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "/problems/access/second-factor-required", "A second factor is needed too")
            .detail("Send the code of your authenticator as `totp`, or one of your recovery codes as `recovery_code`.")
    }

    /// 401: the role needs a second factor and the account has none.
    pub fn second_factor_missing() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "/problems/access/second-factor-missing", "There is no second factor yet")
            .detail("Your role needs one. An identity manager makes out a new activation link, which tells you one.")
    }

    /// 403: the second factor is to be shown again.
    pub fn step_up_required() -> Self {
        Self::new(StatusCode::FORBIDDEN, "/problems/access/step-up-required", "Show your second factor again")
            .detail("This needs a code shown within five minutes: POST /api/v1/auth/step-up.")
    }

    /// 422: the password is not taken.
    pub fn password_not_taken(pointer: &str, detail: String) -> Self {
        let unfit = StatusCode::UNPROCESSABLE_ENTITY;
        Self::new(unfit, "/problems/access/password", "The password is not taken").at(pointer, detail)
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
    let quotes = ["invalid type: ", "invalid value: ", "invalid length ", "unknown variant "];
    match quotes.iter().find_map(|quote| message.strip_prefix(quote)) {
        // What is expected is ours and is said last; what stands before it is the caller's and may hold the same words.
        Some(rest) => match rest.rsplit_once(", expected ") {
            Some((_, expected)) => format!("expected {}", plainly(expected)),
            None => "another value is expected".to_owned(),
        },
        None => message.to_owned(),
    }
}
