//! What happens to an account ends its sessions, and of a way into a patient's record the privacy officers are told, in the
//! same transaction.

use healthcare_application::{Permission, Role, store::Change};
use healthcare_domain::{
    DomainEvent, Event,
    account::{Account, AccountEvent, Known},
};
use serde_json::json;
use tokio_postgres::types::Json;
use uuid::Uuid;

use super::version_of;
use crate::projection::Statement;

/// Locks the account's row. Whoever opens a session locks it too: a session is either seen and ended, or not opened.
pub fn lock(account: Uuid) -> Statement {
    Statement::new("select from auth.account where id = $1 for no key update").bind(account)
}

/// Ends what an event ends. What was signed in before does not outlive a change of what the account may, or of how it
/// is known who it is.
pub fn effects(change: &Change, state: &Account) -> Vec<Statement> {
    let mut all: Vec<Statement> = announcements(change, state).collect();
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
            | AccountEvent::CalendarFeedOpened { .. }
            | AccountEvent::CalendarFeedClosed { .. }
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
        // What reads on without signing in ends with what the account might.
        if matches!(event, AccountEvent::AccountDisabled { .. } | AccountEvent::RoleChanged { .. }) {
            all.push(
                Statement::new(
                    "update auth.calendar_feed set closed_at = clock_timestamp()
                     where account_id = $1 and closed_at is null",
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

/// Whoever holds the link of a patient's account reads the record as the patient would, past any label: that one was made
/// out is told to those who watch over privacy, as a broken glass is; whose record it is stands in the trail. The link that comes with a new account is told with it.
fn announcements(change: &Change, state: &Account) -> impl Iterator<Item = Statement> {
    let is_a_patients = matches!(state, Account::Known(Known { patient: Some(_), .. }));
    let told = change.events.iter().enumerate().filter_map(move |(n, new)| {
        let DomainEvent::Account(event) = &new.event else { return None };
        let version = version_of(change, n);
        let words = match event {
            AccountEvent::AccountCreated { .. } => "An account that reads a patient's record as the patient was made.",
            AccountEvent::ActivationIssued { .. } if version > 2 => {
                "A link to choose a new password for a patient's account was made out."
            }
            AccountEvent::ActivationIssued { .. }
            | AccountEvent::AccountActivated
            | AccountEvent::PasswordChanged { .. }
            | AccountEvent::SecondFactorEnrolled
            | AccountEvent::SecondFactorRemoved { .. }
            | AccountEvent::RecoveryCodesMade { .. }
            | AccountEvent::RecoveryCodeUsed { .. }
            | AccountEvent::CalendarFeedOpened { .. }
            | AccountEvent::CalendarFeedClosed { .. }
            | AccountEvent::AccountDisabled { .. }
            | AccountEvent::AccountEnabled { .. }
            | AccountEvent::RoleChanged { .. }
            | AccountEvent::ProfileChanged { .. }
            | AccountEvent::SessionsEnded { .. } => return None,
        };
        Some((event, version, words))
    });
    let officers: Vec<&'static str> =
        Role::ALL.into_iter().filter(|role| role.may(Permission::ReviewBreakGlass)).map(Role::as_str).collect();
    told.filter(move |_| is_a_patients).map(move |(event, version, words)| {
        let tell = Statement::new(
            "select live.tell($1, 'high', 'A patient''s account', $2, null, 'account', $3, $4, 'open', $5, $6, false,
                $7::text[])",
        );
        let tell = tell.bind(event.kind()).bind(words.to_owned()).bind(change.id).bind(version);
        let trail = "/api/v1/audit?action=manage_accounts".to_owned();
        let details = Json(json!({ "account": change.id }));
        tell.bind(trail).bind(details).bind(officers.clone())
    })
}
