//! `read.alert`: alerts as they are listed across patients.

use healthcare_application::{alert::AlertStatus, store::Change};
use healthcare_domain::alert::{Alert, Priority, Rung};

use super::{Statement, version_after};

/// Brings an alert's row up to date. The rung of an answered alert stays as it was when it was answered.
pub fn upsert(change: &Change, state: &Alert) -> Vec<Statement> {
    let (status, content, raised_at, Rung(rung)) = match state {
        Alert::Unraised => return vec![],
        Alert::Active { content, raised_at, rung } => (AlertStatus::Active, content, raised_at, *rung),
        Alert::Acknowledged { content, raised_at, rung, .. } => (AlertStatus::Acknowledged, content, raised_at, *rung),
        Alert::Cleared { content, raised_at, rung, .. } => (AlertStatus::Cleared, content, raised_at, *rung),
    };
    vec![
        Statement::new(
            "insert into read.alert as a (id, version, patient_id, rule, priority, status, rung, raised_at)
             values ($1, $2, $3, $4, $5, $6, $7, $8)
             on conflict (id) do update set version = excluded.version, priority = excluded.priority,
                 status = excluded.status, rung = excluded.rung
             where a.version < excluded.version",
        )
        .bind(change.id)
        .bind(version_after(change))
        .bind(content.patient.0)
        .bind(content.rule.clone())
        .bind(priority(content.priority))
        .bind(status.as_str())
        .bind(rung)
        .bind(*raised_at),
    ]
}

/// The name a priority is stored under.
pub const fn priority(priority: Priority) -> &'static str {
    match priority {
        Priority::Low => "low",
        Priority::Medium => "medium",
        Priority::High => "high",
    }
}
