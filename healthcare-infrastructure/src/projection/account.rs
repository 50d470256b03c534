//! `auth.account`: who can sign in, and as what. Its secrets are none of the events'.

use healthcare_application::store::Change;
use healthcare_domain::account::Account;

use super::{Statement, version_after};

/// Brings an account's row up to date.
pub fn upsert(change: &Change, state: &Account) -> Option<Statement> {
    let Account::Known(known) = state else { return None };
    Some(
        Statement::new(
            "insert into auth.account as a
                (id, version, username, role, patient_id, device_id, enabled, activated, created_at)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
             on conflict (id) do update set version = excluded.version, role = excluded.role,
                 enabled = excluded.enabled, activated = excluded.activated
             where a.version < excluded.version",
        )
        .bind(change.id)
        .bind(version_after(change))
        .bind(known.username.clone())
        .bind(known.role.to_string())
        .bind(known.patient.map(|patient| patient.0))
        .bind(known.device.map(|device| device.0))
        .bind(known.disabled.is_none())
        .bind(known.activated)
        .bind(known.created_at),
    )
}
