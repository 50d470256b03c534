//! An alert arms its ladder and tells people.

use healthcare_application::store::Change;
use healthcare_domain::{
    DomainEvent, Event,
    alert::{Alert, AlertContent, AlertEvent, Priority, Rung},
};
use serde_json::{Value, json};
use tokio_postgres::types::Json;
use uuid::Uuid;

use super::version_of;
use crate::projection::{Statement, priority};

/// Locks the timer of an alert.
pub fn lock(alert: Uuid) -> Statement {
    Statement::new("select timer_id from wf.timer where alert_id = $1 and state = 'armed' for update").bind(alert)
}

/// The timer first, for the notifications name its end.
pub fn effects(change: &Change, state: &Alert) -> Vec<Statement> {
    let (content, rung) = match state {
        Alert::Unraised => return vec![],
        Alert::Active { content, rung, .. } => (content, *rung),
        Alert::Acknowledged { content, .. } | Alert::Cleared { content, .. } => (content, Rung::FIRST),
    };
    let timer = if matches!(state, Alert::Active { .. }) {
        Statement::new("select wf.arm($1, $2, $3, $4)")
            .bind(change.id)
            .bind(version_of(change, change.events.len().saturating_sub(1)))
            .bind(priority(content.priority))
            .bind(rung.0)
    } else {
        Statement::new("select wf.disarm($1)").bind(change.id)
    };
    let mut all = vec![timer];
    for (n, new) in change.events.iter().enumerate() {
        let DomainEvent::Alert(event) = &new.event else { continue };
        let told = match event {
            AlertEvent::AlertRaised { content, .. } => Telling::rung(content, Rung::FIRST, urgency(content.priority)),
            AlertEvent::AlertWorsened { content, .. } => Telling::rung(content, rung, urgency(content.priority)),
            AlertEvent::AlertEscalated { rung, .. } => Telling::rung(content, *rung, "urgent"),
            AlertEvent::AlertAcknowledged { by, .. } => {
                Telling::end(content, "Acknowledged", json!({ "acknowledged_by": by }))
            }
            AlertEvent::AlertCleared { .. } => Telling::end(content, "Over", json!({})),
        };
        all.push(told.statement(event.kind(), change.id, version_of(change, n), content));
    }
    all
}

/// How pressing the telling of a priority is.
const fn urgency(priority: Priority) -> &'static str {
    match priority {
        Priority::High => "urgent",
        Priority::Medium => "high",
        Priority::Low => "normal",
    }
}

/// What is told of one event.
struct Telling {
    urgency: &'static str,
    title: String,
    details: Value,
    /// The rung that is told; none tells all who were told before.
    rung: Option<Rung>,
}

impl Telling {
    fn rung(content: &AlertContent, rung: Rung, urgency: &'static str) -> Self {
        let details = json!({ "rung": rung, "measured_at": content.measured_at, "device": content.device });
        Self { urgency, title: content.title.clone(), details, rung: Some(rung) }
    }

    fn end(content: &AlertContent, how: &str, details: Value) -> Self {
        Self { urgency: "normal", title: format!("{how}: {}", content.title), details, rung: None }
    }

    fn statement(self, kind: &'static str, alert: Uuid, version: i32, content: &AlertContent) -> Statement {
        let mut details = self.details;
        details["alert_priority"] = json!(content.priority);
        details["rule"] = json!(content.rule);
        // Low ones inform; somebody is asked to answer for the others.
        let answer = self.rung.is_some() && content.priority > Priority::Low;
        let path = format!("/api/v1/alerts/{alert}");
        let (to_do, url) = if answer { ("acknowledge", format!("{path}/acknowledge")) } else { ("open", path) };
        let sql = match self.rung {
            Some(_) => {
                "select live.tell($1, $2, $3, $4, $5, 'alert', $6, $7, $8, $9,
                    $10 || jsonb_build_object('role', wf.role_of($12, $13)), $11, array[wf.role_of($12, $13)])"
            }
            None => "select live.tell($1, $2, $3, $4, $5, 'alert', $6, $7, $8, $9, $10, $11, null)",
        };
        let statement = Statement::new(sql)
            .bind(kind)
            .bind(self.urgency)
            .bind(self.title)
            .bind(content.message.clone())
            .bind(content.patient.0)
            .bind(alert)
            .bind(version)
            .bind(to_do)
            .bind(url)
            .bind(Json(details))
            .bind(answer);
        match self.rung {
            Some(rung) => statement.bind(priority(content.priority)).bind(rung.0),
            None => statement,
        }
    }
}
