//! A new suggestion is told to those who may answer it; what becomes of it, to those who were told. One that is put off
//! has a timer, so that it is told when it is shown again.

use healthcare_application::{Permission, Role, store::Change};
use healthcare_domain::{
    DomainEvent, Event,
    suggestion::{Severity, Suggestion, SuggestionContent, SuggestionEvent},
};
use serde_json::json;
use tokio_postgres::types::Json;

use super::version_of;
use crate::projection::Statement;

/// Tells of what happened to a suggestion, and sets or ends its timer.
pub fn effects(change: &Change, state: &Suggestion) -> Vec<Statement> {
    let Some(content) = state.content() else { return vec![] };
    let told = change.events.iter().enumerate().filter_map(|(n, new)| match &new.event {
        DomainEvent::Suggestion(event) => Some(tell(change, n, content, event)),
        _ => None,
    });
    told.chain(timer(change, state)).collect()
}

fn tell(change: &Change, n: usize, content: &SuggestionContent, event: &SuggestionEvent) -> Statement {
    let may_answer = || {
        let roles = Role::ALL.into_iter().filter(|role| role.may(Permission::AnswerSuggestion));
        Some(roles.map(Role::as_str).collect::<Vec<&'static str>>())
    };
    let (status, roles) = match event {
        SuggestionEvent::SuggestionRaised { .. } => ("open", may_answer()),
        SuggestionEvent::SuggestionReturned { .. } => ("open", None),
        SuggestionEvent::SuggestionSnoozed { .. } => ("snoozed", None),
        SuggestionEvent::SuggestionAccepted { .. } => ("accepted", None),
        SuggestionEvent::SuggestionOverridden { .. } => ("overridden", None),
        SuggestionEvent::SuggestionWithdrawn { .. } => ("withdrawn", None),
    };
    let urgency = match (status, content.severity) {
        ("open", Severity::Critical) => "high",
        _ => "normal",
    };
    Statement::new("select live.tell($1, $2, $3, $4, $5, 'suggestion', $6, $7, 'open', $8, $9, false, $10::text[])")
        .bind(event.kind())
        .bind(urgency)
        .bind(content.summary.clone())
        .bind(content.detail.clone().unwrap_or_default())
        .bind(content.patient.0)
        .bind(change.id)
        .bind(version_of(change, n))
        .bind(format!("/api/v1/suggestions/{}/justification", change.id))
        .bind(Json(json!({
            "severity": content.severity, "rule": content.rule, "finding": content.finding, "status": status,
        })))
        .bind(roles)
}

/// The timer of one that is put off; none for any other, once there can have been one.
fn timer(change: &Change, state: &Suggestion) -> Option<Statement> {
    match state {
        Suggestion::Snoozed(_, _, snooze) => {
            let set = "insert into wf.snoozed (suggestion_id, until) values ($1, $2)
                on conflict (suggestion_id) do update set until = excluded.until";
            Some(Statement::new(set).bind(change.id).bind(snooze.until))
        }
        _ if change.expected == 0 => None,
        _ => Some(Statement::new("delete from wf.snoozed where suggestion_id = $1").bind(change.id)),
    }
}
