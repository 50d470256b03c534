//! What a change of a service account sets in motion: it is listed, and what it holds ends with it.

use healthcare_application::store::Change;
use healthcare_domain::{DomainEvent, service_account::ServiceAccountEvent as Event};
use uuid::Uuid;

use crate::projection::Statement;

/// The statements of a change.
pub fn effects(change: &Change) -> Vec<Statement> {
    let own = change.events.iter().filter_map(|new| match &new.event {
        DomainEvent::ServiceAccount(event) => Some(event),
        _ => None,
    });
    let made = "insert into auth.service_account (id) values ($1)";
    own.filter_map(|event| match event {
        Event::ServiceAccountCreated { .. } => Some(Statement::new(made).bind(change.id)),
        Event::ServiceAccountDisabled { .. } => Some(end(change.id, None)),
        Event::ServiceSecretRevoked { secret } => Some(end(change.id, Some(*secret))),
        Event::ServiceCertificateBound { ended, .. } => ended.map(|binding| end(change.id, Some(binding))),
        Event::ServiceSecretIssued { .. } | Event::ServiceAccountEnabled { .. } => None,
    })
    .collect()
}

/// Tokens of programs have no session: those made out until now end on every node, all or those that were got by one
/// secret or certificate.
fn end(account: Uuid, credential: Option<Uuid>) -> Statement {
    Statement::new(
        "with over as (insert into auth.revocation (account_id, session_id) values ($1, $2) returning 1)
         select pg_notify('access', '') from over",
    )
    .bind(account)
    .bind(credential)
}
