//! What of an event leaves the record.
//!
//! Coded clinical content, values, times and identities of ours leave. What names a person or was written freely
//! stays: names, addresses, telephone numbers, identifiers of hospitals and states, the day of birth (the year
//! leaves), words of any kind, and whole foreign resources. A receiver that needs them asks the API, where it is
//! authorised and audited. So nothing in Kafka has to be found again when a patient is erased: once the patient's key
//! is destroyed, what is left there belongs to an identity that nobody can resolve.
//!
//! A field leaves only when it is listed here: a new one stays until somebody decides.

use healthcare_domain::DomainEvent;
use serde_json::{Map, Value};

/// Fields that leave. What is not listed is left out with everything below it.
const LEAVES: &[&str] = &[
    // What happened, and the parts of it.
    "type",
    "content",
    "demographics",
    "allergy",
    "problem",
    "vitals",
    "observation",
    "prescription",
    "admission",
    "description",
    "overrides",
    "measurements",
    "components",
    "reactions",
    "activities",
    "proposals",
    // Codes and concepts.
    "coding",
    "code",
    "system",
    "display",
    "substance",
    "manifestation",
    "medication",
    "route",
    "vaccine",
    "types",
    "reasons",
    "categories",
    "interpretation",
    "data_absent_reason",
    "status_reason",
    "relationship",
    "conditions",
    "outcome",
    "complications",
    "body_sites",
    "site",
    "exposure_route",
    "diagnosis",
    "complaint",
    "triage",
    "participant",
    "specialty",
    "subjects",
    "concept",
    // Values.
    "value",
    "quantity",
    "unit",
    "flag",
    "sign",
    "dose",
    "as_needed",
    "consciousness",
    "on_oxygen",
    "spo2_scale",
    // Statements.
    "status",
    "statement",
    "criticality",
    "verification",
    "severity",
    "category",
    "class",
    "disposition",
    "use",
    "used",
    "rank",
    "known",
    "scale",
    "level",
    "role",
    "to_clean",
    "onset_age",
    "deceased_age",
    "contributed_to_death",
    "dose_number",
    "how",
    "gender",
    "deceased",
    "stage",
    "pathway",
    "because",
    "decision",
    "scope",
    "service",
    "intent",
    "active",
    "primary_source",
    "imported",
    "kind",
    // Appointments and what is booked.
    "booking",
    "place",
    "appointment_type",
    "participants",
    "series",
    "start",
    "end",
    "time_zone",
    "until",
    "offered_to",
    "from",
    "to",
    "cancellation",
    "expired",
    // Alerts and suggestions.
    "rule",
    "rule_version",
    "priority",
    "rung",
    "finding",
    "evaluation",
    "evidence",
    "carried_out",
    "proposal",
    "score",
    "total",
    "complete",
    "band",
    "highest_part",
    "limits",
    "low",
    "high",
    "warn",
    "critical",
    "expires_at",
    "entry",
    "version",
    // Plans and notes: what is coded of them, and the numbers of their parts.
    "goal",
    "activity",
    "review",
    "number",
    "what",
    "measure",
    "note_type",
    "hash",
    // Identities of ours.
    "patient",
    "encounter",
    "device",
    "by",
    "account",
    // Times.
    "at",
    "started_at",
    "ended_at",
    "onset_at",
    "last_occurrence",
    "decided_on",
    "effective_at",
    "issued_at",
    "given_at",
    "measured_at",
    "authored_at",
    "raised_at",
];

/// The data of an event as others may have it.
pub fn shareable(event: &DomainEvent) -> Value {
    // The event was read from JSON a moment ago, so that it can be written again.
    let whole = event.encode().ok().and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default();
    reduce(whole)
}

fn reduce(value: Value) -> Value {
    match value {
        Value::Object(fields) => Value::Object(fields.into_iter().filter_map(leaves).collect::<Map<_, _>>()),
        Value::Array(items) => Value::Array(items.into_iter().map(reduce).collect()),
        plain => plain,
    }
}

fn leaves((name, value): (String, Value)) -> Option<(String, Value)> {
    if name == "birth_date" {
        let year: i64 = value.as_str()?.get(..4)?.parse().ok()?;
        return Some(("birth_year".to_owned(), year.into()));
    }
    LEAVES.contains(&name.as_str()).then(|| (name, reduce(value)))
}

#[cfg(test)]
#[path = "content_test.rs"]
mod tests;
