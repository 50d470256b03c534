//! What a client did not send, from the FHIR server it offers: only where that server is registered for the client.

use std::{collections::HashMap, time::Duration};

use chrono::{DateTime, Utc};
use futures::future::join_all;
use healthcare_application::cds_hooks::{Given, Origin, Part};
use healthcare_domain::cds_client::{FhirServer, Registration};
use reqwest::Url;
use serde_json::value::RawValue;
use uuid::Uuid;

use super::{
    http::{Http, NoAnswer},
    prefetch::Parts,
    request::{FhirAccess, fetched},
};

/// How long all of it is waited for.
const PATIENCE: Duration = Duration::from_secs(5);
/// The largest answer, in bytes.
const LARGEST: usize = 4 << 20;
/// The media type of FHIR.
const FHIR_JSON: &str = "application/fhir+json";

/// The registered server that a client offers; none where it is not registered. Compared as a whole: what begins alike is
/// another server.
pub fn allowed<'a>(registration: &'a Registration, offered: &str) -> Option<&'a FhirServer> {
    let same = |base: &str| Url::parse(base).ok().map(|url| url.as_str().trim_end_matches('/').to_owned());
    let offered = same(offered)?;
    registration.fhir_servers.iter().find(|server| same(&server.base).is_some_and(|base| base == offered))
}

/// Reads parts from a client's server. A part that cannot be had stays missing.
pub async fn given(
    http: &Http,
    server: &FhirServer,
    access: &FhirAccess,
    patient: &str,
    parts: &[Part],
    now: DateTime<Utc>,
    origins: &mut HashMap<Uuid, Origin>,
) -> Given {
    let asks = parts.iter().map(|part| async move {
        let read = async {
            let url = place(server, *part, patient).ok_or_else(|| NoAnswer("its address cannot be made".into()))?;
            http.read(url, server.private, FHIR_JSON, access.token.as_ref(), LARGEST).await
        };
        let answer = tokio::time::timeout(PATIENCE, read).await;
        let answer = answer.unwrap_or_else(|_| Err(NoAnswer("it did not answer in time".into())));
        let text = answer.and_then(|body| String::from_utf8(body).map_err(|_| NoAnswer("it is not UTF-8".into())));
        let json = text.and_then(|text| RawValue::from_string(text).map_err(|_| NoAnswer("it is not JSON".into())));
        (*part, json)
    });
    let mut answers = vec![];
    for (part, answer) in join_all(asks).await {
        match answer {
            Ok(json) => answers.push((part, json)),
            Err(why) => tracing::warn!(part = part.key(), %why, "a part was not had from a client's FHIR server"),
        }
    }
    let mut all = Given::default();
    // Part by part: what is wrong with one does not take the others with it.
    for (part, json) in &answers {
        let mut one = Parts::default();
        let read = one.take(*part, json).and_then(|()| fetched(&one, patient, now, origins));
        match read {
            Ok(given) => all.fill(given),
            // The place is ours to say, never what stood there.
            Err(why) => {
                tracing::warn!(part = part.key(), at = why.pointer, "a client's FHIR server answered no FHIR R4")
            }
        }
    }
    all
}

/// The address of a part. The id of a patient holds letters, digits, `-` and `.` alone: nothing of it reaches the path.
fn place(server: &FhirServer, part: Part, patient: &str) -> Option<Url> {
    let relative = part.template().replace("{{context.patientId}}", patient);
    let base = server.base.trim_end_matches('/');
    let url = Url::parse(&format!("{base}/{relative}")).ok()?;
    // An id of dots alone would lead somewhere else.
    url.as_str().starts_with(Url::parse(base).ok()?.as_str().trim_end_matches('/')).then_some(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server(base: &str) -> FhirServer {
        FhirServer { base: base.into(), private: false }
    }

    fn registered(base: &str) -> Registration {
        Registration {
            name: "EHR".into(),
            issuer: "ehr".into(),
            jwks: None,
            jwks_url: None,
            fhir_servers: vec![server(base)],
            record: None,
        }
    }

    /// The hole "SSRF by prefix match" (HAPI CVE-2026-34359): addresses are compared as wholes.
    #[test]
    fn a_server_is_the_registered_one_or_another() {
        let known = registered("https://ehr.example.org/fhir");
        for same in
            ["https://ehr.example.org/fhir", "https://ehr.example.org/fhir/", "https://EHR.example.org:443/fhir"]
        {
            assert!(allowed(&known, same).is_some(), "{same}");
        }
        for other in [
            "http://ehr.example.org/fhir",
            "https://ehr.example.org",
            "https://ehr.example.org/fhir2",
            "https://ehr.example.org/fhir/../admin",
            "https://ehr.example.org.evil.example/fhir",
            "https://ehr.example.org@evil.example/fhir",
            "https://ehr.example.org:8443/fhir",
            "https://169.254.169.254/fhir",
        ] {
            assert!(allowed(&known, other).is_none(), "{other}");
        }
    }

    #[test]
    fn an_address_stays_under_its_server() {
        let of = |patient: &str| place(&server("https://ehr.example.org/fhir/"), Part::Patient, patient);
        assert_eq!(of("1").unwrap().as_str(), "https://ehr.example.org/fhir/Patient/1");
        assert!(of("..").is_none_or(|url| url.as_str().starts_with("https://ehr.example.org/fhir")));
        let meds = place(&server("https://ehr.example.org/fhir"), Part::Medications, "a.b-1").unwrap();
        assert_eq!(meds.query(), Some("patient=a.b-1&status=active,on-hold"));
    }
}
