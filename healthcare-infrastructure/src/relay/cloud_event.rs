//! CloudEvents 1.0 in Kafka's binary mode: the attributes are headers, the data is the value.

use chrono::{DateTime, SecondsFormat, Utc};
use healthcare_application::store::Recorded;
use healthcare_domain::StreamType;
use rdkafka::message::{Header, OwnedHeaders};

/// The attributes of an event. Extensions: `actor`, `actorrole`, `requestid`, `patientid`, `fhirtype`, `priority`
/// (`urgent` or `normal`), `knowntime`, `recordedtime`, `sequence` (the position in the log), `traceparent`.
pub fn headers(event: &Recorded) -> OwnedHeaders {
    let time = |at: DateTime<Utc>| at.to_rfc3339_opts(SecondsFormat::Micros, true);
    let kind = super::kind(&event.event);
    let mut all = vec![
        ("content-type", "application/json".to_owned()),
        ("ce_specversion", "1.0".to_owned()),
        ("ce_id", event.event_id()),
        ("ce_source", "/healthcare".to_owned()),
        ("ce_type", kind.to_owned()),
        ("ce_time", time(open(event, event.occurred_at))),
        ("ce_subject", format!("{}/{}", event.stream.as_str(), event.stream_id)),
        ("ce_actor", event.meta.actor.to_string()),
        ("ce_actorrole", event.meta.role.clone()),
        ("ce_requestid", event.meta.request.to_string()),
        ("ce_fhirtype", event.event.fhir_type().to_owned()),
        ("ce_priority", if is_urgent(kind) { "urgent" } else { "normal" }.to_owned()),
        ("ce_knowntime", time(open(event, event.known_at))),
        ("ce_recordedtime", time(event.recorded_at)),
        ("ce_sequence", event.seq.to_string()),
    ];
    if let Some(patient) = event.patient {
        all.push(("ce_patientid", patient.to_string()));
    }
    if let Some(traceparent) = &event.meta.traceparent {
        all.push(("ce_traceparent", traceparent.clone()));
        all.push(("traceparent", traceparent.clone()));
    }
    all.iter().fold(OwnedHeaders::new_with_capacity(all.len()), |headers, (key, value)| {
        headers.insert(Header { key, value: Some(value.as_str()) })
    })
}

/// A time as the envelope may tell it. The record of an imported person begins with their birth, and that day is
/// personal: it stays in the data, and the envelope says when it was recorded (SECURITY 49).
fn open(event: &Recorded, at: DateTime<Utc>) -> DateTime<Utc> {
    let is_birth = event.stream == StreamType::Patient && event.meta.source.is_some() && at == event.occurred_at;
    if is_birth { event.recorded_at } else { at }
}

/// Whether an event of this type may not wait (⚠ in the catalogue).
pub fn is_urgent(kind: &str) -> bool {
    matches!(
        kind,
        "patient.allergy.added"
            | "patient.allergy.reactivated"
            | "lab.critical.alert"
            | "radiology.critical.alert"
            | "pharmacy.interaction.alert"
            | "pharmacy.allergy.contraindication"
            | "alert.raised"
            | "alert.escalated"
            | "breakglass.opened"
    )
}
