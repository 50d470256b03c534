//! Who breaks the glass is told to the privacy officers, in the same transaction.

use healthcare_application::{Permission, Role, store::Change};
use healthcare_domain::{
    DomainEvent, Event,
    break_glass::{BreakGlass, BreakGlassEvent},
};
use serde_json::json;
use tokio_postgres::types::Json;

use super::version_of;
use crate::projection::Statement;

/// Tells of grants. Whose record it is, and why, stands on the queue, which only a reviewer opens.
pub fn effects(change: &Change, _state: &BreakGlass) -> Vec<Statement> {
    let mut all = Vec::new();
    for (n, new) in change.events.iter().enumerate() {
        let DomainEvent::BreakGlass(event) = &new.event else { continue };
        let grant = match event {
            BreakGlassEvent::GlassBroken { grant } => grant,
            BreakGlassEvent::GlassClosed { .. } | BreakGlassEvent::GlassReviewed { .. } => continue,
        };
        let reviewers: Vec<&'static str> =
            Role::ALL.into_iter().filter(|role| role.may(Permission::ReviewBreakGlass)).map(Role::as_str).collect();
        all.push(
            Statement::new(
                "select live.tell($1, 'urgent', 'Break-glass', $2, null, 'break_glass', $3, $4, 'open', $5, $6, false,
                    $7::text[])",
            )
            .bind(event.kind())
            .bind("A record was opened without a care relationship. It waits for your review.".to_owned())
            .bind(change.id)
            .bind(version_of(change, n))
            .bind("/api/v1/break-glass?state=unreviewed".to_owned())
            .bind(Json(json!({ "account": grant.by, "purpose": grant.purpose, "until": grant.until })))
            .bind(reviewers),
        );
    }
    all
}
