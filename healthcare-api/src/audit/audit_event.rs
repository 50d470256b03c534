//! Entries as FHIR R4 AuditEvent.

use healthcare_application::audit::{Logged, Outcome};
use serde_json::{Value, json};

/// A searchset of entries: the page at `own`, and where the next one is.
pub fn bundle(entries: &[Logged], own: &str, next: Option<&str>) -> Value {
    let entries: Vec<Value> = entries
        .iter()
        .map(|logged| json!({ "resource": audit_event(logged), "search": { "mode": "match" } }))
        .collect();
    let links: Vec<Value> = std::iter::once(("self", own))
        .chain(next.map(|next| ("next", next)))
        .map(|(relation, url)| json!({ "relation": relation, "url": url }))
        .collect();
    json!({ "resourceType": "Bundle", "type": "searchset", "link": links, "entry": entries })
}

/// One entry.
fn audit_event(logged: &Logged) -> Value {
    let entry = &logged.entry;
    let (code, display) = kind(&entry.action);
    let mut event = json!({
        "resourceType": "AuditEvent",
        "id": logged.seq.to_string(),
        "type": { "system": "http://dicom.nema.org/resources/ontology/DCM", "code": code, "display": display },
        "subtype": [{ "system": "urn:healthcare-platform:audit-action", "code": entry.action }],
        "action": action(entry.resource.as_deref(), &entry.action),
        "recorded": entry.at.to_rfc3339(),
        // http://hl7.org/fhir/R4/valueset-audit-event-outcome.html: success, minor failure.
        "outcome": match entry.outcome { Outcome::Allowed | Outcome::BreakGlass => "0", Outcome::Denied => "4" },
        "purposeOfEvent": [{ "coding": [{
            "system": "http://terminology.hl7.org/CodeSystem/v3-ActReason", "code": entry.purpose,
        }] }],
        "agent": [{
            "role": [{ "coding": [{ "system": "urn:healthcare-platform:role", "code": entry.role }] }],
            "who": { "identifier": { "system": "urn:ietf:rfc:3986", "value": format!("urn:uuid:{}", entry.actor) } },
            "requestor": true,
        }],
        "source": { "observer": { "display": "Healthcare Platform" } },
        "entity": [{
            "what": { "identifier": { "system": "urn:ietf:rfc:3986", "value": format!("urn:uuid:{}", entry.request) } },
            "type": { "system": "https://profiles.ihe.net/ITI/BALP/CodeSystem/BasicAuditEntityType", "code": "XrequestId" },
            "description": entry.resource.as_deref().unwrap_or("no route"),
        }],
    });
    if let Some(reason) = &entry.reason {
        event["outcomeDesc"] = json!(reason);
    }
    if let Some(name) = &logged.actor_name {
        event["agent"][0]["name"] = json!(name);
    }
    if let Some(address) = entry.address {
        // 2: an IP address.
        event["agent"][0]["network"] = json!({ "address": address.to_string(), "type": "2" });
    }
    if let (Some(patient), Some(entities)) = (entry.patient, event["entity"].as_array_mut()) {
        entities.push(json!({
            "what": { "reference": format!("Patient/{patient}") },
            "type": { "system": "http://terminology.hl7.org/CodeSystem/audit-entity-type", "code": "1", "display": "Person" },
            "role": { "system": "http://terminology.hl7.org/CodeSystem/object-role", "code": "1", "display": "Patient" },
        }));
    }
    if let (Some(subject), Some(entities)) = (entry.subject, event["entity"].as_array_mut()) {
        entities.push(json!({
            "what": { "identifier": { "system": "urn:ietf:rfc:3986", "value": format!("urn:uuid:{subject}") } },
            "type": { "system": "http://terminology.hl7.org/CodeSystem/audit-entity-type", "code": "2", "display": "System Object" },
        }));
    }
    if let (Some(note), Some(entities)) = (&entry.note, event["entity"].as_array_mut()) {
        entities.push(json!({
            "type": { "system": "http://terminology.hl7.org/CodeSystem/audit-entity-type", "code": "4", "display": "Other" },
            "description": note,
        }));
    }
    event
}

/// The kind of event (DICOM PS3.16, context group 400).
fn kind(action: &str) -> (&'static str, &'static str) {
    match action {
        "sign_in"
        | "sign_in_elsewhere"
        | "sign_out"
        | "sign_out_elsewhere"
        | "refresh"
        | "activate"
        | "step_up"
        | "list_sessions"
        | "end_session"
        | "list_calendar_feeds" => ("110114", "User Authentication"),
        "import_records" => ("110107", "Import"),
        "export_audit" | "export_record" => ("110106", "Export"),
        "read_audit" => ("110101", "Audit Log Used"),
        "read_directory" => ("110112", "Query"),
        "manage_accounts"
        | "change_password"
        | "open_calendar_feed"
        | "close_calendar_feed"
        | "enrol_second_factor"
        | "renew_recovery_codes"
        | "break_glass"
        | "review_break_glass"
        | "label_record"
        | "database_shell" => ("110113", "Security Alert"),
        "operate_system" => ("110100", "Application Activity"),
        _ => ("110110", "Patient Record"),
    }
}

/// C, R, U, D or E (execute), by the method of the route. What is only read or computed may be asked for in a body too, and
/// what is done at a door makes nothing.
fn action(resource: Option<&str>, action: &str) -> &'static str {
    let executes = kind(action).0 == "110114" || action.starts_with("check_") || action.starts_with("compute_");
    if action.starts_with("read_") {
        return "R";
    }
    match resource.and_then(|resource| resource.split(' ').next()) {
        Some("GET") => "R",
        Some("DELETE") => "D",
        Some("PATCH" | "PUT") => "U",
        Some("POST") if !executes => "C",
        _ => "E",
    }
}

#[cfg(test)]
#[path = "audit_event_test.rs"]
mod tests;
