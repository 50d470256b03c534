//! Why a request was not served, in the same words as the main server's (RFC 9457).

use actix_web::{
    HttpResponse, ResponseError,
    http::{StatusCode, header},
};
use serde_json::json;

/// Why a gateway on its own did not serve a request.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum TurnedAway {
    #[error("Sign in first")]
    Unauthenticated,
    #[error("You may not do this")]
    Denied,
    #[error("The body could not be received")]
    Body(StatusCode),
    #[error("The body is not JSON")]
    NotJson,
    #[error("The body has another shape")]
    Shape { pointer: String },
    #[error("A field breaks its bounds")]
    Bounds,
    #[error("The record cannot be reached")]
    Unavailable,
    #[error("There is no such thing here")]
    NotFound,
}

impl TurnedAway {
    const fn kind(&self) -> &'static str {
        match self {
            Self::Unauthenticated => "/problems/access/unauthenticated",
            Self::Denied => "/problems/access/denied",
            Self::Body(_) => "/problems/request/body",
            Self::NotJson => "/problems/request/not-json",
            Self::Shape { .. } => "/problems/request/shape",
            Self::Bounds => "/problems/request/invalid",
            Self::Unavailable => "/problems/system/unavailable",
            Self::NotFound => "/problems/request/not-found",
        }
    }
}

impl ResponseError for TurnedAway {
    fn status_code(&self) -> StatusCode {
        match self {
            Self::Unauthenticated => StatusCode::UNAUTHORIZED,
            Self::Denied => StatusCode::FORBIDDEN,
            Self::Body(status) => *status,
            Self::NotJson => StatusCode::BAD_REQUEST,
            Self::Shape { .. } | Self::Bounds => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            Self::NotFound => StatusCode::NOT_FOUND,
        }
    }

    fn error_response(&self) -> HttpResponse {
        let status = self.status_code();
        let mut body = json!({ "type": self.kind(), "title": self.to_string(), "status": status.as_u16() });
        match self {
            Self::Shape { pointer } => body["errors"] = json!([{ "pointer": pointer, "detail": "another shape" }]),
            Self::Bounds => body["errors"] = json!([{ "pointer": "/readings", "detail": "1 to 5000 readings" }]),
            _ => {}
        }
        let mut response = HttpResponse::build(status);
        if *self == Self::Unauthenticated {
            response.insert_header((header::WWW_AUTHENTICATE, "Bearer"));
        }
        if *self == Self::Unavailable {
            response.insert_header((header::RETRY_AFTER, "5"));
        }
        response.content_type("application/problem+json").body(body.to_string())
    }
}
