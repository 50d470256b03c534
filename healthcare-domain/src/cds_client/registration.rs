//! What is registered of a client, and whether it can be.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::CdsClientError;
use crate::id::ServiceAccountId;

/// The most keys and the most servers of a client.
const MOST: usize = 20;
/// The members of a JSON Web Key that only its owner may know (RFC 7518, 6.2.2, 6.3.2, 6.4.1).
const SECRET_MEMBERS: [&str; 8] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

/// A client as an administrator describes it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Registration {
    /// What it is called.
    pub name: String,
    /// `iss` of its tokens.
    pub issuer: String,
    /// Its public keys (RFC 7517), where they are kept here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub jwks: Option<Value>,
    /// Where it publishes its public keys, where it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub jwks_url: Option<String>,
    /// The FHIR servers that may be asked for it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fhir_servers: Vec<FhirServer>,
    /// Whether and how our own record stands in for what it did not send.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record: Option<RecordAccess>,
}

/// A FHIR server of a client's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FhirServer {
    /// Its base, as the client sends it in `fhirServer`.
    pub base: String,
    /// Whether it may be at a private address; otherwise one is never spoken to, whatever its name resolves to.
    #[serde(default)]
    pub private: bool,
}

/// How our own record stands in for what a client did not send.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordAccess {
    /// The registered system of identifiers by which it names patients; none where it names them by our own ids.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identifier_system: Option<String>,
    /// The account of a program in whose rights its reads are: it takes the scope `read_chart`.
    pub service_account: ServiceAccountId,
}

impl Registration {
    /// Whether a client can be registered like this.
    ///
    /// # Errors
    /// The first thing that is wrong with it.
    pub fn check(&self) -> Result<(), CdsClientError> {
        if !(1..=100).contains(&self.name.trim().chars().count()) {
            return Err(CdsClientError::Unnamed);
        }
        if !is_word(&self.issuer) {
            return Err(CdsClientError::BadIssuer);
        }
        match (&self.jwks, &self.jwks_url) {
            (Some(keys), None) => check_keys(keys)?,
            (None, Some(url)) if is_web(url) => {}
            (None, Some(_)) => return Err(CdsClientError::BadUrl),
            (None, None) | (Some(_), Some(_)) => return Err(CdsClientError::NoKeys),
        }
        if self.fhir_servers.len() > MOST {
            return Err(CdsClientError::TooManyServers);
        }
        // Plain HTTP is spoken on the loopback interface alone, which is a private address.
        if self.fhir_servers.iter().any(|server| !is_web(&server.base) || (is_plain(&server.base) && !server.private)) {
            return Err(CdsClientError::BadUrl);
        }
        match self.record.as_ref().and_then(|record| record.identifier_system.as_deref()) {
            Some(system) if !is_word(system) || !system.contains(':') => Err(CdsClientError::BadSystem),
            _ => Ok(()),
        }
    }
}

fn is_word(text: &str) -> bool {
    (1..=255).contains(&text.chars().count()) && !text.chars().any(|c| c.is_whitespace() || c.is_control())
}

fn is_plain(url: &str) -> bool {
    url.starts_with("http://")
}

/// `https://host[:port][/path]`; `http` only where nobody else hears it.
fn is_web(url: &str) -> bool {
    let (rest, plain) = match (url.strip_prefix("https://"), url.strip_prefix("http://")) {
        (Some(rest), _) => (rest, false),
        (None, Some(rest)) => (rest, true),
        (None, None) => return false,
    };
    let authority = rest.split('/').next().unwrap_or_default();
    let host = match authority.strip_prefix('[').and_then(|v6| v6.split_once(']')) {
        Some((v6, _)) => v6,
        None => authority.split(':').next().unwrap_or_default(),
    };
    is_word(url)
        && !host.is_empty()
        && !url.contains(['@', '?', '#', '\\'])
        && (!plain || matches!(host, "127.0.0.1" | "localhost" | "::1"))
}

fn check_keys(keys: &Value) -> Result<(), CdsClientError> {
    let keys = keys["keys"].as_array().ok_or(CdsClientError::BadKeys)?;
    let mut ids = vec![];
    for key in keys {
        if SECRET_MEMBERS.iter().any(|member| key.get(member).is_some()) || key["kty"] == "oct" {
            return Err(CdsClientError::PrivateKey);
        }
        let takes = key["kty"] == "RSA" || (key["kty"] == "EC" && key["crv"] == "P-384");
        let id = key["kid"].as_str().filter(|kid| is_word(kid) && takes).ok_or(CdsClientError::BadKeys)?;
        ids.push(id);
    }
    ids.sort_unstable();
    ids.dedup();
    if ids.len() == keys.len() && (1..=MOST).contains(&keys.len()) { Ok(()) } else { Err(CdsClientError::BadKeys) }
}

#[cfg(test)]
pub(super) use tests::ehr;

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    pub(in crate::cds_client) fn ehr() -> Registration {
        Registration {
            name: "EHR".into(),
            issuer: "https://ehr.example.org".into(),
            jwks: None,
            jwks_url: Some("https://ehr.example.org/jwks.json".into()),
            fhir_servers: vec![FhirServer { base: "https://ehr.example.org/fhir".into(), private: false }],
            record: None,
        }
    }

    #[test]
    fn an_address_is_https_and_nothing_hides_in_it() {
        assert_eq!(ehr().check(), Ok(()));
        for bad in [
            "http://ehr.example.org/keys",
            "https://",
            "https://user@ehr.example.org/keys",
            "https://ehr.example.org/keys?of=us",
            "https://ehr.example.org/keys#1",
            "ftp://ehr.example.org",
            "https://ehr.example.org/a b",
            "http://127.0.0.1.evil.example/keys",
        ] {
            let other = Registration { jwks_url: Some(bad.into()), ..ehr() };
            assert_eq!(other.check(), Err(CdsClientError::BadUrl), "{bad}");
        }
        for good in ["http://127.0.0.1:8000/keys", "http://localhost/keys", "http://[::1]:80/keys"] {
            assert_eq!(Registration { jwks_url: Some(good.into()), ..ehr() }.check(), Ok(()), "{good}");
            let server = |private| vec![FhirServer { base: good.into(), private }];
            assert_eq!(Registration { fhir_servers: server(true), ..ehr() }.check(), Ok(()));
            assert_eq!(Registration { fhir_servers: server(false), ..ehr() }.check(), Err(CdsClientError::BadUrl));
        }
    }

    #[test]
    fn keys_are_public_of_a_kind_we_take_and_each_has_a_name() {
        let with = |jwks: Value| Registration { jwks: Some(jwks), jwks_url: None, ..ehr() }.check();
        let key = json!({ "kty": "EC", "crv": "P-384", "kid": "1", "x": "eA", "y": "eQ" });
        assert_eq!(with(json!({ "keys": [key] })), Ok(()));
        assert_eq!(with(json!({ "keys": [] })), Err(CdsClientError::BadKeys));
        assert_eq!(with(json!({ "keys": [key, key] })), Err(CdsClientError::BadKeys));
        assert_eq!(with(json!([key])), Err(CdsClientError::BadKeys));
        let mut other = key.clone();
        other["crv"] = json!("P-256");
        assert_eq!(with(json!({ "keys": [other] })), Err(CdsClientError::BadKeys));
        let mut secret = key.clone();
        secret["d"] = json!("secret");
        assert_eq!(with(json!({ "keys": [secret] })), Err(CdsClientError::PrivateKey));
        assert_eq!(
            with(json!({ "keys": [{ "kty": "oct", "kid": "1", "k": "secret" }] })),
            Err(CdsClientError::PrivateKey)
        );
        let both = Registration { jwks: Some(json!({ "keys": [key] })), ..ehr() };
        assert_eq!(both.check(), Err(CdsClientError::NoKeys));
        assert_eq!(Registration { jwks_url: None, ..ehr() }.check(), Err(CdsClientError::NoKeys));
    }

    #[test]
    fn a_system_is_a_uri() {
        let with = |system: &str| {
            let service_account = ServiceAccountId(uuid::Uuid::nil());
            let record = Some(RecordAccess { identifier_system: Some(system.into()), service_account });
            Registration { record, ..ehr() }.check()
        };
        assert_eq!(with("urn:oid:1.2.3"), Ok(()));
        assert_eq!(with("mrn"), Err(CdsClientError::BadSystem));
        assert_eq!(with(""), Err(CdsClientError::BadSystem));
    }
}
