//! What watched over the patient: FHIR Flag for alerts, DetectedIssue for suggestions, Observation for scores.

use healthcare_domain::{
    alert::Alert,
    score::Score,
    suggestion::{Severity, Suggestion},
};

use super::{
    Of,
    element::{Element, coded, coding, moment, period},
    observation::CATEGORY,
};

const FLAG_CATEGORY: &str = "http://terminology.hl7.org/CodeSystem/flag-category";

/// An alert: what it was about, from when to when.
pub fn flag(state: &Alert, of: &Of) -> Option<Element> {
    let (content, raised_at, ended) = match state {
        Alert::Unraised => return None,
        Alert::Active { content, raised_at, .. } | Alert::Acknowledged { content, raised_at, .. } => {
            (content, *raised_at, None)
        }
        Alert::Cleared { content, raised_at, at, .. } => (content, *raised_at, Some(*at)),
    };
    Some(
        of.resource("Flag")
            .with("status", if ended.is_none() { "active" } else { "inactive" })
            .with("category", [coded(FLAG_CATEGORY, "clinical")])
            .with("code", Element::new().with("text", format!("{}: {}", content.title, content.message)))
            .with("subject", of.subject())
            .with("period", period(Some(raised_at), ended)),
    )
}

/// A suggestion, and what a clinician said to it.
pub fn detected_issue(state: &Suggestion, of: &Of) -> Option<Element> {
    let (content, raised_at, answer) = match state {
        Suggestion::Unraised => return None,
        Suggestion::Open(content, at) | Suggestion::Snoozed(content, at, _) => (content, Some(*at), None),
        Suggestion::Accepted(content, ..) => (content, None, Some("accepted")),
        Suggestion::Overridden(content, _, reason) => (content, None, Some(reason.as_str())),
        // It no longer holds: FHIR has no word for it but this one.
        Suggestion::Withdrawn(_) => return None,
    };
    let severity = match content.severity {
        Severity::Critical => "high",
        Severity::Warning => "moderate",
        Severity::Info => "low",
    };
    let mitigation = answer.map(|words| [Element::new().with("action", Element::new().with("text", words))]);
    let subjects: Vec<Element> = content.subjects.iter().map(coding).collect();
    let rule = format!("{} {}", content.rule, content.rule_version);
    Some(
        of.resource("DetectedIssue")
            .with("status", "final")
            .with("code", Element::new().with("coding", subjects).with("text", rule))
            .with("severity", severity)
            .with("patient", of.subject())
            .with("identifiedDateTime", raised_at.or(of.known_at).map(moment))
            .with("detail", &content.summary)
            .with("mitigation", mitigation),
    )
}

/// A score as it last changed.
pub fn score(state: &Score, of: &Of) -> Option<Element> {
    let Score::Scored(content) = state else { return None };
    Some(
        of.resource("Observation")
            .with("status", if content.complete { "final" } else { "preliminary" })
            .with("category", [coded(CATEGORY, "survey")])
            .with("code", Element::new().with("text", format!("{} ({})", content.score, content.rule_version)))
            .with("subject", of.subject())
            .with("effectiveDateTime", moment(content.measured_at))
            .with("valueInteger", content.total),
    )
}
