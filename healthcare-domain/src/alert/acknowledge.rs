//! Answering an alert: the ladder stops.

use chrono::{DateTime, Utc};

use super::{Alert, AlertError, AlertEvent};
use crate::{id::AccountId, text::Remark};

impl Alert {
    /// Somebody answers for the alert.
    ///
    /// # Errors
    /// When there is none, somebody did already, or it is over.
    pub fn acknowledge(
        &self,
        by: AccountId,
        note: Option<Remark>,
        at: DateTime<Utc>,
    ) -> Result<Vec<AlertEvent>, AlertError> {
        match self {
            Self::Unraised => Err(AlertError::Unraised),
            Self::Active { .. } => Ok(vec![AlertEvent::AlertAcknowledged { by, at, note }]),
            Self::Acknowledged { .. } => Err(AlertError::AlreadyAcknowledged),
            Self::Cleared { .. } => Err(AlertError::Cleared),
        }
    }
}
