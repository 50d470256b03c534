//! The settings of the HTTP surface, with defaults that no ward meets.

use std::{path::PathBuf, time::Duration};

use serde::Deserialize;

use super::{ForwardedBy, Origin, Proxies, TlsFiles};

/// How the HTTP surface is bounded.
#[derive(Debug, Clone)]
pub struct SurfaceSettings {
    /// `HEALTHCARE_CORS_ORIGINS`: pages of other origins that may ask, separated by commas; none by default.
    pub origins: Vec<Origin>,
    /// `HEALTHCARE_TRUSTED_PROXIES`, `HEALTHCARE_FORWARDED_HEADER`.
    pub proxies: Proxies,
    /// `HEALTHCARE_REQUESTS_PER_ADDRESS`: a second, sustained; 0 is no limit. A house often has one address.
    pub per_address: u32,
    /// `HEALTHCARE_REQUESTS_PER_ACCOUNT`: a second, sustained; 0 is no limit.
    pub per_account: u32,
    /// `HEALTHCARE_MAX_CONNECTIONS`: open at once; further ones wait to be accepted.
    pub max_connections: usize,
    /// `HEALTHCARE_HEAD_SECONDS`: within which the head of a request has to be there.
    pub head: Duration,
    /// `HEALTHCARE_BODY_SECONDS`: within which a body has to be there (of an import: its next piece).
    pub body: Duration,
    /// `HEALTHCARE_TLS_CERTIFICATE`, `HEALTHCARE_TLS_KEY`, `HEALTHCARE_TLS_CLIENT_CA`: plain HTTP if absent.
    pub tls: Option<TlsFiles>,
}

impl Default for SurfaceSettings {
    fn default() -> Self {
        Self {
            origins: vec![],
            proxies: Proxies::default(),
            per_address: 5_000,
            per_account: 1_000,
            max_connections: 10_000,
            head: Duration::from_secs(5),
            body: Duration::from_secs(30),
            tls: None,
        }
    }
}

/// The environment as it is written.
#[derive(Deserialize)]
struct Raw {
    healthcare_cors_origins: Option<String>,
    healthcare_trusted_proxies: Option<String>,
    healthcare_forwarded_header: Option<String>,
    healthcare_requests_per_address: Option<u32>,
    healthcare_requests_per_account: Option<u32>,
    healthcare_max_connections: Option<usize>,
    healthcare_head_seconds: Option<u64>,
    healthcare_body_seconds: Option<u64>,
    healthcare_tls_certificate: Option<PathBuf>,
    healthcare_tls_key: Option<PathBuf>,
    healthcare_tls_client_ca: Option<PathBuf>,
}

/// A setting of the surface that cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum SurfaceError {
    /// A value is not of its type.
    #[error("a setting cannot be read: {0}")]
    Unreadable(#[from] config::ConfigError),
    /// An origin is none.
    #[error("HEALTHCARE_CORS_ORIGINS: {0}")]
    Origin(#[from] super::OriginError),
    /// A network is none.
    #[error("HEALTHCARE_TRUSTED_PROXIES: {0:?} is no network or address, e.g. 10.0.0.0/8 or 192.0.2.7")]
    Network(String),
    /// There are two headers.
    #[error("HEALTHCARE_FORWARDED_HEADER: {0:?} is neither x-forwarded-for nor forwarded")]
    Header(String),
    /// A certificate without its key, or a key without its certificate.
    #[error("HEALTHCARE_TLS_CERTIFICATE and HEALTHCARE_TLS_KEY go together; a client CA needs both")]
    HalfOfTls,
}

impl SurfaceSettings {
    /// Reads them from the environment.
    ///
    /// # Errors
    /// When a value is not of its type, or lacks the one it goes with.
    pub fn read(environment: &config::Config) -> Result<Self, SurfaceError> {
        let raw: Raw = environment.clone().try_deserialize()?;
        let defaults = Self::default();
        let tls = match (raw.healthcare_tls_certificate, raw.healthcare_tls_key, raw.healthcare_tls_client_ca) {
            (Some(certificate), Some(key), client_ca) => Some(TlsFiles { certificate, key, client_ca }),
            (None, None, None) => None,
            _ => return Err(SurfaceError::HalfOfTls),
        };
        let header = match raw.healthcare_forwarded_header.as_deref().map(str::to_ascii_lowercase).as_deref() {
            None | Some("x-forwarded-for") => ForwardedBy::XForwardedFor,
            Some("forwarded") => ForwardedBy::Forwarded,
            Some(other) => return Err(SurfaceError::Header(other.to_owned())),
        };
        let seconds = |given: Option<u64>, or: Duration| given.map_or(or, |given| Duration::from_secs(given.max(1)));
        Ok(Self {
            origins: listed(raw.healthcare_cors_origins.as_deref()).map(str::parse).collect::<Result<_, _>>()?,
            proxies: Proxies {
                networks: listed(raw.healthcare_trusted_proxies.as_deref()).map(network).collect::<Result<_, _>>()?,
                header,
            },
            per_address: raw.healthcare_requests_per_address.unwrap_or(defaults.per_address),
            per_account: raw.healthcare_requests_per_account.unwrap_or(defaults.per_account),
            max_connections: raw.healthcare_max_connections.unwrap_or(defaults.max_connections).max(1),
            head: seconds(raw.healthcare_head_seconds, defaults.head),
            body: seconds(raw.healthcare_body_seconds, defaults.body),
            tls,
        })
    }
}

fn listed(text: Option<&str>) -> impl Iterator<Item = &str> {
    text.unwrap_or_default().split(',').map(str::trim).filter(|one| !one.is_empty())
}

/// A network, or one address.
fn network(text: &str) -> Result<ipnet::IpNet, SurfaceError> {
    let one = || text.parse::<std::net::IpAddr>().ok().map(ipnet::IpNet::from);
    text.parse().ok().or_else(one).ok_or_else(|| SurfaceError::Network(text.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(of: &[(&str, &str)]) -> Result<SurfaceSettings, SurfaceError> {
        let environment = of.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let source = config::Environment::default().source(Some(environment));
        SurfaceSettings::read(&config::Config::builder().add_source(source).build().unwrap())
    }

    /// SECURITY 52, 55: nothing is open and nobody trusted by default, and what cannot be read is said at the start.
    #[test]
    fn nothing_is_open_by_default() {
        let defaults = read(&[]).unwrap();
        assert!(defaults.origins.is_empty() && defaults.proxies.networks.is_empty() && defaults.tls.is_none());
        let some = read(&[
            ("HEALTHCARE_TRUSTED_PROXIES", "10.0.0.0/8, 192.0.2.7"),
            ("HEALTHCARE_CORS_ORIGINS", "https://ward.example.org"),
            ("HEALTHCARE_REQUESTS_PER_ADDRESS", "0"),
        ]);
        let some = some.unwrap();
        assert_eq!((some.proxies.networks.len(), some.origins.len(), some.per_address), (2, 1, 0));
        for (name, value) in [
            ("HEALTHCARE_CORS_ORIGINS", "*"),
            ("HEALTHCARE_TRUSTED_PROXIES", "everybody"),
            ("HEALTHCARE_FORWARDED_HEADER", "x-real-ip"),
            ("HEALTHCARE_TLS_KEY", "/key.pem"),
            ("HEALTHCARE_MAX_CONNECTIONS", "many"),
        ] {
            assert!(read(&[(name, value)]).is_err(), "{name}={value}");
        }
    }
}
