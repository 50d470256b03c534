//! Which pages may ask: those of this server's own origin, and those that the settings list.

use actix_cors::Cors;
use actix_web::{
    HttpRequest,
    http::{Uri, header},
};

/// An origin as a browser writes it (RFC 6454): scheme, host, and port where it is not the scheme's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin(String);

/// The text is no origin.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no origin: scheme and host as a browser writes them are expected, e.g. https://ward.example.org")]
pub struct OriginError(String);

impl Origin {
    /// As a browser writes it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::str::FromStr for Origin {
    type Err = OriginError;

    fn from_str(text: &str) -> Result<Self, OriginError> {
        let refused = || OriginError(text.to_owned());
        let authority = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")).ok_or_else(refused)?;
        let uri: Uri = text.parse().map_err(|_| refused())?;
        let whole = uri.authority().is_some_and(|a| a.as_str() == authority) && !authority.contains(['@', '*']);
        if whole && text == text.to_ascii_lowercase() { Ok(Self(text.to_owned())) } else { Err(refused()) }
    }
}

/// Lets pages of the listed origins read answers. They send the bearer header; nothing is told by cookies.
pub fn cors(origins: &[Origin]) -> Cors {
    let cors = Cors::default()
        .allowed_methods(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"])
        .allowed_headers(["authorization", "content-type", "if-match", "idempotency-key", "traceparent"])
        .expose_headers(["etag", "link", "location", "retry-after", "ratelimit", "ratelimit-policy", "x-request-id"])
        .block_on_origin_mismatch(false)
        .max_age(600);
    origins.iter().fold(cors, |cors, Origin(origin)| cors.allowed_origin(origin))
}

/// Whether the page that a request comes from may open a connection that lasts. A browser says which page it is; a
/// program sends no origin and is let in by its token alone.
pub fn may_follow(request: &HttpRequest, listed: &[Origin]) -> bool {
    let mut origins = request.headers().get_all(header::ORIGIN);
    let (Some(origin), None) = (origins.next(), origins.next()) else {
        return !request.headers().contains_key(header::ORIGIN);
    };
    let Ok(origin) = origin.to_str() else { return false };
    if listed.iter().any(|Origin(listed)| listed == origin) {
        return true;
    }
    let own = request.headers().get(header::HOST).and_then(|host| host.to_str().ok());
    let asks = origin.parse::<Uri>().ok().and_then(|uri| uri.authority().map(|a| a.as_str().to_ascii_lowercase()));
    matches!((asks, own), (Some(asks), Some(own)) if asks == own.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_scheme_and_host_and_nothing_else() {
        for good in ["https://ward.example.org", "http://localhost:5173", "https://[::1]:8443"] {
            assert!(good.parse::<Origin>().is_ok(), "{good}");
        }
        for bad in [
            "*",
            "null",
            "https://*.example.org",
            "https://a.example/",
            "https://A.example",
            "a.example",
            "https://u@a",
        ] {
            assert!(bad.parse::<Origin>().is_err(), "{bad}");
        }
    }
}
