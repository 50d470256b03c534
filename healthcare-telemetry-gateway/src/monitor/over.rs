//! Which episodes of a rule are over, so that a late reading of one of them is not told again.

use chrono::{DateTime, Utc};
use healthcare_domain::alert::Priority;
use serde::{Deserialize, Serialize};

use crate::alert::Alarm;

/// When the last alert of at least each priority ended.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Over {
    low: Option<DateTime<Utc>>,
    medium: Option<DateTime<Utc>>,
    high: Option<DateTime<Utc>>,
}

impl Over {
    /// An alert ended.
    pub fn end(&mut self, alarm: Alarm, at: DateTime<Utc>) {
        let Some(worst) = alarm.priority() else { return };
        self.low = Some(at);
        if worst >= Priority::Medium {
            self.medium = Some(at);
        }
        if worst >= Priority::High {
            self.high = Some(at);
        }
    }

    /// Whether an alert as bad as this was told and has ended since `at`.
    pub fn told(&self, priority: Priority, at: DateTime<Utc>) -> bool {
        let ended = match priority {
            Priority::Low => self.low,
            Priority::Medium => self.medium,
            Priority::High => self.high,
        };
        ended.is_some_and(|ended| ended >= at)
    }
}
