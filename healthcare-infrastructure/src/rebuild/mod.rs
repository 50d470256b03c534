//! Rebuilding what is derived from the events, beside what serves, and taking its place in an instant.

mod read;
mod reporting;
mod structure;

pub use read::{RebuiltRead, rebuild_read};
pub use reporting::rebuild_reporting;

use std::time::Duration;

use crate::database::sqlstate;

/// How long the moment of the swap may wait for a lock. It waits for whoever is at work; whoever comes waits for it.
const LOCK_TIMEOUT: &str = "set local lock_timeout = '2s'";
/// How often the swap is tried.
const SWAPS: usize = 30;
/// How long to wait between two tries.
const BETWEEN_SWAPS: Duration = Duration::from_millis(500);

/// Why a rebuild did not take place. What served goes on serving.
#[derive(Debug, thiserror::Error)]
pub enum RebuildError {
    /// Another rebuild of the same is running.
    #[error("another rebuild is running")]
    Running,
    /// The schema holds what a rebuild would not carry over.
    #[error("the schema holds what a rebuild does not know: {0}")]
    Unknown(String),
    /// Somebody held the tables for too long, e.g. a long report.
    #[error("the tables are in use; try again when the long queries have ended")]
    Busy,
    /// The record does not answer, or an event cannot be read.
    #[error("the record does not answer, or cannot be read")]
    Store(#[from] healthcare_application::StoreError),
    /// A statement failed.
    #[error("the database refuses")]
    Database(#[from] tokio_postgres::Error),
}

impl RebuildError {
    /// Whether only a lock was in the way.
    fn is_locked_out(&self) -> bool {
        matches!(self, Self::Database(error) if matches!(sqlstate(error), Some("55P03" | "40P01")))
    }
}

impl From<crate::event_log::ConsumeError> for RebuildError {
    fn from(error: crate::event_log::ConsumeError) -> Self {
        Self::Store(error.into())
    }
}
