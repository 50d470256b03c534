//! Time and identity, injected so that tests can set them.

use chrono::{DateTime, Utc};
use uuid::Uuid;

/// The hospital's clock and its source of new identities.
pub trait Clock: Send + Sync {
    /// The time now, to the microsecond, as the database keeps it.
    fn now(&self) -> DateTime<Utc>;
    /// A new identity that sorts by time (UUIDv7).
    fn new_id(&self) -> Uuid;
}
