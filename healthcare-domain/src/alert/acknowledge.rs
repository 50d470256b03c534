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

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::{
        EventSourced,
        alert::{Priority, properties::content},
    };

    const BY: AccountId = AccountId(Uuid::from_u128(2));

    #[test]
    fn somebody_answers_once_and_a_high_one_ends_after_that() {
        let (at, later) = (DateTime::UNIX_EPOCH, DateTime::UNIX_EPOCH + chrono::Duration::minutes(1));
        assert_eq!(Alert::Unraised.acknowledge(BY, None, at), Err(AlertError::Unraised));
        let mut alert = Alert::fold(&Alert::Unraised.raise(content(Priority::High), at).unwrap());
        let note = Remark::try_from("oxygen is on".to_owned()).ok();
        let answered = alert.acknowledge(BY, note.clone(), later).unwrap();
        assert_eq!(answered, [AlertEvent::AlertAcknowledged { by: BY, at: later, note }]);
        answered.iter().for_each(|event| alert.apply(event));
        assert_eq!(alert.acknowledge(BY, None, later), Err(AlertError::AlreadyAcknowledged));
        alert.clear(later).unwrap().iter().for_each(|event| alert.apply(event));
        assert_eq!(alert.acknowledge(BY, None, later), Err(AlertError::Cleared));
    }
}
