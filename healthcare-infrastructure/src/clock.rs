//! The clock of the machine.

use chrono::{DateTime, SubsecRound, Utc};
use healthcare_application::clock::Clock;
use uuid::Uuid;

/// Wall-clock time and UUIDv7 identities.
#[derive(Debug, Default, Clone, Copy)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> DateTime<Utc> {
        #[expect(clippy::disallowed_methods, reason = "this is the adapter everybody else takes the time from")]
        Utc::now().trunc_subsecs(6)
    }

    fn new_id(&self) -> Uuid {
        #[expect(clippy::disallowed_methods, reason = "this is the adapter everybody else takes ids from")]
        Uuid::now_v7()
    }
}
