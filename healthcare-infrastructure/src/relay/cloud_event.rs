//! CloudEvents 1.0 in Kafka's binary mode: the attributes are headers, the data is the value.

use chrono::{DateTime, SecondsFormat, Utc};
use healthcare_application::store::Recorded;
use healthcare_domain::{
    DomainEvent, StreamType,
    suggestion::{Severity, SuggestionEvent},
};
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
        ("ce_priority", if is_urgent(&event.event) { "urgent" } else { "normal" }.to_owned()),
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

/// Whether an event may not wait: those of these types (⚠ in the catalogue), and what decision support found to be critical,
/// a critical result above all.
pub fn is_urgent(event: &DomainEvent) -> bool {
    if let DomainEvent::Suggestion(SuggestionEvent::SuggestionRaised { content, .. }) = event {
        return content.severity == Severity::Critical;
    }
    matches!(
        super::kind(event),
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

#[cfg(test)]
mod tests {
    use healthcare_domain::{
        alert::AlertEvent,
        id::PatientId,
        suggestion::{Suggestion, SuggestionContent},
    };
    use uuid::Uuid;

    use super::*;

    fn raised(severity: Severity) -> DomainEvent {
        let content = SuggestionContent {
            patient: PatientId(Uuid::nil()),
            finding: "critical-potassium-high".into(),
            rule: "critical-potassium-high".into(),
            rule_version: "1".into(),
            severity,
            summary: "Potassium is critically high".into(),
            detail: None,
            subjects: vec![],
            evidence: vec![],
            evaluation: Uuid::nil(),
            proposals: vec![],
            override_reasons: vec![],
            links: vec![],
        };
        let events = Suggestion::Unraised.raise(content, DateTime::UNIX_EPOCH).unwrap();
        DomainEvent::Suggestion(events.into_iter().next().unwrap())
    }

    #[test]
    fn what_is_critical_may_not_wait_and_what_is_to_be_weighed_may() {
        assert!(is_urgent(&raised(Severity::Critical)));
        assert!(!is_urgent(&raised(Severity::Warning)) && !is_urgent(&raised(Severity::Info)));
        assert!(!is_urgent(&DomainEvent::Alert(AlertEvent::AlertCleared { at: DateTime::UNIX_EPOCH })));
    }
}
