//! What happens to an account ends its sessions, in the same transaction.

use healthcare_application::store::Change;
use healthcare_domain::{DomainEvent, Event, account::AccountEvent};
use uuid::Uuid;

use crate::projection::Statement;

/// Locks the account's row. Whoever opens a session locks it too: a session is either seen and ended, or not opened.
pub fn lock(account: Uuid) -> Statement {
    Statement::new("select from auth.account where id = $1 for no key update").bind(account)
}

/// Ends what an event ends. What was signed in before does not outlive a change of what the account may, or of how it
/// is known who it is.
pub fn effects(change: &Change) -> Vec<Statement> {
    let mut all = Vec::new();
    for new in &change.events {
        let DomainEvent::Account(event) = &new.event else { continue };
        let (only, but) = match event {
            AccountEvent::AccountDisabled { .. }
            | AccountEvent::RoleChanged { .. }
            | AccountEvent::SecondFactorRemoved { .. } => (None, None),
            AccountEvent::PasswordChanged { kept, .. } => (None, *kept),
            AccountEvent::SessionsEnded { session } => (*session, None),
            AccountEvent::AccountCreated { .. }
            | AccountEvent::ActivationIssued { .. }
            | AccountEvent::AccountActivated
            | AccountEvent::SecondFactorEnrolled
            | AccountEvent::RecoveryCodesMade { .. }
            | AccountEvent::RecoveryCodeUsed { .. }
            | AccountEvent::AccountEnabled { .. }
            | AccountEvent::ProfileChanged { .. } => continue,
        };
        all.push(
            Statement::new("select auth.end_sessions($1, $2, $3, $4)")
                .bind(change.id)
                .bind(only)
                .bind(but)
                .bind(event.kind()),
        );
        if matches!(event, AccountEvent::SecondFactorRemoved { .. }) {
            all.push(
                Statement::new(
                    "with void as (delete from auth.recovery_code where account_id = $1)
                     update auth.credential set totp_secret = null, totp_confirmed = false where account_id = $1",
                )
                .bind(change.id),
            );
        }
        // A link that was made out before is void: it would let its bearer in after all.
        if matches!(event, AccountEvent::AccountDisabled { .. }) {
            all.push(
                Statement::new(
                    "update auth.activation set used_at = clock_timestamp() where account_id = $1 and used_at is null",
                )
                .bind(change.id),
            );
        }
    }
    all
}
