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

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::{
        EventSourced,
        alert::{Rung, properties::content},
        id::AccountId,
    };

    fn at(minute: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + chrono::Duration::minutes(minute)
    }

    fn raised(priority: Priority) -> Alert {
        Alert::fold(&Alert::Unraised.raise(content(priority), at(0)).unwrap())
    }

    fn then(mut alert: Alert, events: Vec<AlertEvent>) -> Alert {
        events.iter().for_each(|event| alert.apply(event));
        alert
    }

    #[test]
    fn it_is_raised_once() {
        assert_eq!(raised(Priority::Low).raise(content(Priority::Low), at(1)), Err(AlertError::AlreadyRaised));
        let over = then(raised(Priority::Low), raised(Priority::Low).clear(at(1)).unwrap());
        assert_eq!(over.raise(content(Priority::Low), at(2)), Err(AlertError::Cleared));
        assert_eq!(over.clear(at(2)), Err(AlertError::Cleared));
        assert_eq!(Alert::Unraised.clear(at(0)), Err(AlertError::Unraised));
    }

    #[test]
    fn only_what_is_worse_is_told() {
        let alert = raised(Priority::Medium);
        for no_worse in [Priority::Low, Priority::Medium] {
            assert_eq!(alert.worsen(content(no_worse), at(1)), Ok(vec![]));
        }
        let worse = AlertEvent::AlertWorsened { content: content(Priority::High), at: at(1) };
        assert_eq!(alert.worsen(content(Priority::High), at(1)), Ok(vec![worse]));
        assert_eq!(Alert::Unraised.worsen(content(Priority::High), at(1)), Err(AlertError::Unraised));
        let over = then(alert.clone(), alert.clear(at(1)).unwrap());
        assert_eq!(over.worsen(content(Priority::High), at(2)), Err(AlertError::Cleared));
    }

    /// Who answered for a medium alert has not answered for what became a high one.
    #[test]
    fn what_got_worse_after_an_answer_needs_another_from_the_first_rung_on() {
        let climbed = then(raised(Priority::Medium), raised(Priority::Medium).escalate(Rung(1), at(1)).unwrap());
        let answered = climbed.acknowledge(AccountId(Uuid::from_u128(2)), None, at(2)).unwrap();
        let answered = then(climbed, answered);
        let worse = then(answered.clone(), answered.worsen(content(Priority::High), at(3)).unwrap());
        let expected = Alert::Active { content: content(Priority::High), raised_at: at(0), rung: Rung::FIRST };
        assert_eq!(worse, expected);
        assert_eq!(worse.clear(at(4)), Err(AlertError::Latched));
    }
}
