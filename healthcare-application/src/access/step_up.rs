//! What asks for more than a password, or for one's second factor again.

use chrono::{DateTime, Duration, Utc};

use healthcare_domain::id::PatientId;

use super::{Actor, Call, Denied, Permission, Strength, Unauthorised};
use crate::{App, QueryError, audit::Entry, store::StoreError};

/// How long a second factor that was shown counts as shown again.
pub const STEP_UP_MINUTES: i64 = 5;

/// A second factor is to be shown again first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this needs a second factor that was shown within the last five minutes")]
pub struct StepUpRequired;

impl Actor {
    /// Whether the session was opened, or stepped up, with a second factor, however long ago.
    pub fn has_second_factor(&self) -> bool {
        self.system || matches!(self.strength, Strength::SecondFactor { .. })
    }

    /// Demands a second factor shown within [`STEP_UP_MINUTES`].
    ///
    /// # Errors
    /// When it was shown longer ago, or never.
    pub fn stepped_up(&self, now: DateTime<Utc>) -> Result<(), StepUpRequired> {
        match self.strength {
            _ if self.system => Ok(()),
            Strength::SecondFactor { at } if now - at <= Duration::minutes(STEP_UP_MINUTES) => Ok(()),
            Strength::SecondFactor { .. } | Strength::Password => Err(StepUpRequired),
        }
    }
}

impl App {
    /// Demands a session with a second factor, shown however long ago: at the bedside there is no time to show it again.
    /// Where the house asks its staff for none ([`super::AccessPolicy`]), none is asked for here. What is denied is
    /// recorded; whether the role may at all is not decided here.
    ///
    /// # Errors
    /// [`Denied::Strength`] when there was none, or when that cannot be recorded.
    pub async fn ensure_strong(
        &self,
        call: &Call,
        permission: Permission,
        patient: Option<PatientId>,
    ) -> Result<(), Unauthorised> {
        if !self.policy.second_factor || call.actor.has_second_factor() || !call.actor.may(permission) {
            return Ok(());
        }
        Err(self.denied(call, permission, patient, Denied::Strength.into()).await)
    }

    /// Demands a second factor shown within [`STEP_UP_MINUTES`] of who reads something that is then out of our hands.
    /// None is asked of a patient for their own record, nor where the house asks its staff for none. What is denied is
    /// recorded; whether the role may at all is not decided here.
    ///
    /// # Errors
    /// [`QueryError::StepUp`] when it was shown longer ago or never, or when that cannot be recorded.
    pub async fn ensure_stepped_up(
        &self,
        call: &Call,
        permission: Permission,
        patient: Option<PatientId>,
    ) -> Result<(), QueryError> {
        let now = self.clock.now();
        let asked = self.policy.second_factor && call.actor.patient.is_none() && call.actor.may(permission);
        let Err(required) = call.actor.stepped_up(now) else { return Ok(()) };
        if !asked {
            return Ok(());
        }
        let entry = Entry::of(call, permission, patient, now).denied("step-up");
        self.audit.record(entry).recorded().await.map_err(StoreError::from)?;
        Err(required.into())
    }
}

#[cfg(test)]
mod tests {
    use healthcare_domain::id::AccountId;

    use super::*;
    use crate::Role;

    /// SECURITY 26: a step-up holds five minutes.
    #[test]
    fn a_second_factor_counts_as_shown_again_for_five_minutes() {
        let at = DateTime::UNIX_EPOCH;
        let admin = Actor::of(AccountId(uuid::Uuid::nil()), Role::Admin);
        assert_eq!(admin.stepped_up(at), Err(StepUpRequired));
        let admin = Actor { strength: Strength::SecondFactor { at }, ..admin };
        assert_eq!(admin.stepped_up(at + Duration::minutes(5)), Ok(()));
        assert_eq!(admin.stepped_up(at + Duration::minutes(5) + Duration::seconds(1)), Err(StepUpRequired));
        assert!(admin.has_second_factor());
    }
}
