//! What an alert says: in a few words, with what was seen, and never with a name.

use chrono::{DateTime, Utc};
use healthcare_domain::{
    alert::{AlertContent, Priority},
    id::PatientId,
};
use healthcare_dss::score::news2::{self, News2, Outcome, Parameter};

use super::{Limit, Rule, Side, VERSION};
use crate::score::{Known, plain, signal_of};

/// The alert of a crossed limit.
pub(crate) fn limit(patient: PatientId, limit: &Limit, known: &Known, priority: Priority) -> Option<AlertContent> {
    let (value, latest) = known.number(limit.signal)?;
    let unit = limit.signal.sign().map_or("", |sign| sign.unit());
    let bound = if priority == Priority::High { limit.critical } else { limit.warn };
    let relation = match limit.side {
        Side::Low => "low",
        Side::High => "high",
    };
    Some(AlertContent {
        patient,
        rule: Rule::Limit(limit.signal, limit.side).to_string(),
        rule_version: VERSION.into(),
        priority,
        title: format!("{} {relation}: {} {unit}", limit.signal.name(), plain(value)),
        message: format!(
            "{} is {} {unit}; the {} limit is {} {unit}.",
            limit.signal.name(),
            plain(value),
            if priority == Priority::High { "critical" } else { "alarm" },
            plain(bound)
        ),
        measured_at: latest.at,
        device: latest.source.device(),
        evidence: vec![latest.source.evidence()],
    })
}

/// The alert of a score.
pub(crate) fn score(
    patient: PatientId,
    score: &News2,
    known: &Known,
    priority: Priority,
    at: DateTime<Utc>,
) -> AlertContent {
    let title = match &score.outcome {
        Outcome::Complete { total, .. } => format!("NEWS2 {total}"),
        Outcome::Incomplete { partial, .. } => format!("NEWS2 at least {partial}, incomplete"),
        Outcome::NotApplicable { .. } => "NEWS2 does not apply".to_owned(),
    };
    let parts: Vec<String> = score
        .parts
        .each()
        .into_iter()
        .filter_map(|(parameter, part)| {
            let points = part.filter(|points| *points > 0)?;
            let value = score.inputs.iter().find(|input| input.parameter == parameter)?;
            Some(format!("{} {} scores {points}", name(parameter), value.value))
        })
        .collect();
    let unknown: Vec<&str> =
        score.parts.each().into_iter().filter_map(|(p, part)| part.is_none().then_some(name(p))).collect();
    let mut message = parts.join("; ");
    if !unknown.is_empty() {
        message.push_str(&format!(". Missing or too old: {}", unknown.join(", ")));
    }
    message.push('.');
    let used = score.parts.each().into_iter().filter(|(_, part)| part.is_some_and(|points| points > 0));
    let latest: Vec<_> = used
        .filter_map(|(parameter, _)| match parameter {
            Parameter::Oxygen => known.oxygen().map(|(_, latest)| latest),
            other => known.latest(signal_of(other)),
        })
        .collect();
    let newest = latest.iter().max_by_key(|latest| latest.at);
    let mut evidence: Vec<String> = latest.iter().map(|latest| latest.source.evidence()).collect();
    evidence.sort();
    evidence.dedup();
    AlertContent {
        patient,
        rule: Rule::News2.to_string(),
        rule_version: format!("NEWS2 {}; {VERSION}", news2::VERSION),
        priority,
        title,
        message,
        measured_at: newest.map_or(at, |latest| latest.at),
        device: newest.and_then(|latest| latest.source.device()),
        evidence,
    }
}

/// The alert of a sensor or a device that says nothing.
pub(crate) fn technical(patient: PatientId, rule: Rule, since: DateTime<Utc>) -> Option<AlertContent> {
    let (title, message, device) = match rule {
        Rule::NoSignal(signal) => (
            format!("No signal: {}", signal.name()),
            format!("The sensor for {} reports no signal. Check it and its place.", signal.name()),
            None,
        ),
        Rule::Silent(device) => (
            "Device silent".to_owned(),
            "A device on the patient has stopped sending. Check it and its connection.".to_owned(),
            Some(device),
        ),
        Rule::News2 | Rule::Limit(..) => return None,
    };
    Some(AlertContent {
        patient,
        rule: rule.to_string(),
        rule_version: VERSION.into(),
        priority: Priority::Low,
        title,
        message,
        measured_at: since,
        device,
        evidence: vec![],
    })
}

fn name(parameter: Parameter) -> &'static str {
    match parameter {
        Parameter::Oxygen => "oxygen",
        other => signal_of(other).name(),
    }
}
