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
            _ => None,
        })
        .collect()
}
