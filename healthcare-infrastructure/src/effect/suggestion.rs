//! A new suggestion is told to those who may answer it.

use healthcare_application::{Permission, Role, store::Change};
use healthcare_domain::{
    DomainEvent, Event,
    suggestion::{Severity, Suggestion, SuggestionEvent},
};
use serde_json::json;
use tokio_postgres::types::Json;

use super::version_of;
use crate::projection::Statement;

/// Tells of suggestions that were raised; what becomes of them later is told to nobody.
pub fn effects(change: &Change, _state: &Suggestion) -> Vec<Statement> {
    let mut all = Vec::new();
    for (n, new) in change.events.iter().enumerate() {
        let DomainEvent::Suggestion(event) = &new.event else { continue };
        let content = match event {
            SuggestionEvent::SuggestionRaised { content, .. } => content,
            SuggestionEvent::SuggestionAccepted { .. }
            | SuggestionEvent::SuggestionOverridden { .. }
            | SuggestionEvent::SuggestionWithdrawn { .. } => continue,
        };
        let urgency = match content.severity {
            Severity::Critical => "high",
            Severity::Warning | Severity::Info => "normal",
        };
        let roles: Vec<&'static str> =
            Role::ALL.into_iter().filter(|role| role.may(Permission::AnswerSuggestion)).map(Role::as_str).collect();
        all.push(
            Statement::new(
                "select live.tell($1, $2, $3, $4, $5, 'suggestion', $6, $7, 'open', $8, $9, false, $10::text[])",
            )
            .bind(event.kind())
            .bind(urgency)
            .bind(content.summary.clone())
            .bind(content.detail.clone().unwrap_or_default())
            .bind(content.patient.0)
            .bind(change.id)
            .bind(version_of(change, n))
            .bind(format!("/api/v1/suggestions/{}/justification", change.id))
            .bind(Json(json!({ "severity": content.severity, "rule": content.rule, "finding": content.finding })))
            .bind(roles),
        );
    }
    all
}
