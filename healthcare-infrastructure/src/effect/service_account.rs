//! What a change of a service account sets in motion: it is listed, and what it holds ends with it.

use healthcare_application::store::Change;
use healthcare_domain::{DomainEvent, service_account::ServiceAccountEvent};

use crate::projection::Statement;

/// The statements of a change.
pub fn effects(change: &Change) -> Vec<Statement> {
    change
        .events
        .iter()
        .filter_map(|new| match &new.event {
            DomainEvent::ServiceAccount(ServiceAccountEvent::ServiceAccountCreated { .. }) => {
                Some(Statement::new("insert into auth.service_account (id) values ($1)").bind(change.id))
            }
            // Tokens of programs have no session: those made out until now end on every node.
            DomainEvent::ServiceAccount(ServiceAccountEvent::ServiceAccountDisabled { .. }) => Some(
                Statement::new(
                    "with over as (insert into auth.revocation (account_id) values ($1) returning 1)
                     select pg_notify('access', '') from over",
                )
                .bind(change.id),
            ),
            _ => None,
        })
        .collect()
}
