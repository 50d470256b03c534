//! Raising an alert, making it worse, and ending it.

use chrono::{DateTime, Utc};

use super::{Alert, AlertContent, AlertError, AlertEvent, Priority};

impl Alert {
    /// Raises the alert.
    ///
    /// # Errors
    /// When this stream holds one already.
    pub fn raise(&self, content: AlertContent, at: DateTime<Utc>) -> Result<Vec<AlertEvent>, AlertError> {
        match self {
            Self::Unraised => Ok(vec![AlertEvent::AlertRaised { content, at }]),
            Self::Active { .. } | Self::Acknowledged { .. } => Err(AlertError::AlreadyRaised),
            Self::Cleared { .. } => Err(AlertError::Cleared),
        }
    }

    /// Takes a new view of the same condition: a higher priority is an event, the same or a lower one is none.
    ///
    /// # Errors
    /// When there is no open alert.
    pub fn worsen(&self, content: AlertContent, at: DateTime<Utc>) -> Result<Vec<AlertEvent>, AlertError> {
        match self {
            Self::Unraised => Err(AlertError::Unraised),
            Self::Cleared { .. } => Err(AlertError::Cleared),
            Self::Active { content: now, .. } | Self::Acknowledged { content: now, .. } => {
                Ok(if content.priority > now.priority {
                    vec![AlertEvent::AlertWorsened { content, at }]
                } else {
                    vec![]
                })
            }
        }
    }

    /// Ends the alert because its condition is over. A high one latches until somebody has answered.
    ///
    /// # Errors
    /// When there is none, it is over, or it latches.
    pub fn clear(&self, at: DateTime<Utc>) -> Result<Vec<AlertEvent>, AlertError> {
        match self {
            Self::Unraised => Err(AlertError::Unraised),
            Self::Cleared { .. } => Err(AlertError::Cleared),
            Self::Active { content, .. } if content.priority == Priority::High => Err(AlertError::Latched),
            Self::Active { .. } | Self::Acknowledged { .. } => Ok(vec![AlertEvent::AlertCleared { at }]),
        }
    }
}
