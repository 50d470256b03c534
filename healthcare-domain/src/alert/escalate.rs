//! Climbing the ladder: nurse, senior clinician, doctor; the last rung repeats until somebody answers.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Alert, AlertError, AlertEvent};

/// How far up the ladder an alert has been told: 0 is the first rung. The last role keeps being told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
pub struct Rung(pub i16);

impl Rung {
    /// Told when the alert is raised.
    pub const FIRST: Self = Self(0);

    /// The one after.
    pub const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

impl Alert {
    /// Nobody answered in time: the next rung is told.
    ///
    /// # Errors
    /// When it was answered, is over, or already stands at or above `rung`.
    pub fn escalate(&self, rung: Rung, at: DateTime<Utc>) -> Result<Vec<AlertEvent>, AlertError> {
        match self {
            Self::Unraised => Err(AlertError::Unraised),
            Self::Active { rung: now, .. } if rung == now.next() => Ok(vec![AlertEvent::AlertEscalated { rung, at }]),
            Self::Active { .. } => Err(AlertError::NotTheNextRung),
            Self::Acknowledged { .. } => Err(AlertError::AlreadyAcknowledged),
            Self::Cleared { .. } => Err(AlertError::Cleared),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        EventSourced,
        alert::{AlertContent, Priority},
        id::{AccountId, PatientId},
    };
    use uuid::Uuid;

    fn raised(priority: Priority) -> Alert {
        let at = DateTime::UNIX_EPOCH;
        let content = AlertContent {
            patient: PatientId(Uuid::from_u128(1)),
            rule: "news2".into(),
            rule_version: "1".into(),
            priority,
            title: "NEWS2 8".into(),
            message: String::new(),
            measured_at: at,
            device: None,
            evidence: vec![],
        };
        Alert::fold(&Alert::Unraised.raise(content, at).unwrap())
    }

    #[test]
    fn rungs_are_climbed_one_at_a_time() {
        let mut alert = raised(Priority::High);
        assert_eq!(alert.escalate(Rung(2), DateTime::UNIX_EPOCH), Err(AlertError::NotTheNextRung));
        for event in alert.escalate(Rung(1), DateTime::UNIX_EPOCH).unwrap() {
            alert.apply(&event);
        }
        assert_eq!(alert.escalate(Rung(1), DateTime::UNIX_EPOCH), Err(AlertError::NotTheNextRung));
        assert!(alert.escalate(Rung(2), DateTime::UNIX_EPOCH).is_ok());
    }

    #[test]
    fn an_acknowledged_alert_is_not_escalated() {
        let mut alert = raised(Priority::Medium);
        let by = AccountId(Uuid::from_u128(2));
        for event in alert.acknowledge(by, None, DateTime::UNIX_EPOCH).unwrap() {
            alert.apply(&event);
        }
        assert_eq!(alert.escalate(Rung(1), DateTime::UNIX_EPOCH), Err(AlertError::AlreadyAcknowledged));
    }

    #[test]
    fn a_high_alert_latches() {
        assert_eq!(raised(Priority::High).clear(DateTime::UNIX_EPOCH), Err(AlertError::Latched));
        assert!(raised(Priority::Medium).clear(DateTime::UNIX_EPOCH).is_ok());
    }
}
