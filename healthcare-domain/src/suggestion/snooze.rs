//! Putting a suggestion off, always with an end.

use chrono::{DateTime, Duration, Utc};

use super::{Severity, Snooze, Suggestion, SuggestionError, SuggestionEvent};

impl Severity {
    /// For how many hours it can be put off at the most. What is critical was to interrupt: it comes back to the next
    /// shift but one, a day later at the latest. The rest comes back before a month is over, so that nothing is put off
    /// for good without a word: that is an override.
    pub const fn longest_snooze_hours(self) -> i64 {
        match self {
            Self::Critical => 24,
            Self::Warning | Self::Info => 30 * 24,
        }
    }
}

impl Snooze {
    /// Whether it is over.
    pub fn is_over(&self, now: DateTime<Utc>) -> bool {
        now >= self.until
    }
}

impl Suggestion {
    /// Puts it off for a while. One that is put off can be put off anew; the last word counts.
    ///
    /// # Errors
    /// When it is not open, the time is not to come, or longer than its severity allows.
    pub fn snooze(&self, snooze: Snooze, now: DateTime<Utc>) -> Result<Vec<SuggestionEvent>, SuggestionError> {
        let at_most_hours = self.ensure_open()?.severity.longest_snooze_hours();
        if snooze.is_over(now) {
            return Err(SuggestionError::SnoozeOver);
        }
        if snooze.until > now + Duration::hours(at_most_hours) {
            return Err(SuggestionError::SnoozeTooLong { at_most_hours });
        }
        Ok(vec![SuggestionEvent::SuggestionSnoozed { snooze, at: now }])
    }
}

impl Suggestion {
    /// Notes that the time is over. Nothing is noted where it is not put off, or not over yet: it may have been answered,
    /// or put off anew.
    #[must_use]
    pub fn come_back(&self, now: DateTime<Utc>) -> Vec<SuggestionEvent> {
        match self {
            Self::Snoozed(_, _, snooze) if snooze.is_over(now) => {
                vec![SuggestionEvent::SuggestionReturned { at: now }]
            }
            Self::Unraised
            | Self::Open(..)
            | Self::Snoozed(..)
            | Self::Accepted(..)
            | Self::Overridden(..)
            | Self::Withdrawn(_) => vec![],
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;
    use crate::{
        EventSourced as _,
        id::{AccountId, PatientId},
        suggestion::SuggestionContent,
        text::Remark,
    };

    const BY: AccountId = AccountId(Uuid::from_u128(3));

    fn now() -> DateTime<Utc> {
        "2026-11-21T09:00:00Z".parse().unwrap()
    }

    fn content(severity: Severity) -> SuggestionContent {
        SuggestionContent {
            patient: PatientId(Uuid::from_u128(1)),
            finding: "f".into(),
            rule: "r".into(),
            rule_version: "1".into(),
            severity,
            summary: "s".into(),
            detail: None,
            subjects: vec![],
            evidence: vec![],
            evaluation: Uuid::from_u128(2),
            proposals: vec![],
            override_reasons: vec![],
            links: vec![],
        }
    }

    fn open(severity: Severity) -> Suggestion {
        Suggestion::fold(&Suggestion::Unraised.raise(content(severity), now()).unwrap())
    }

    fn hours(n: i64) -> Snooze {
        Snooze { by: BY, until: now() + Duration::hours(n), reason: None }
    }

    #[test]
    fn a_critical_one_is_put_off_for_a_day_and_another_for_thirty() {
        let too_long = |at_most_hours| Err(SuggestionError::SnoozeTooLong { at_most_hours });
        assert_eq!(open(Severity::Critical).snooze(hours(24), now()).map(|events| events.len()), Ok(1));
        assert_eq!(open(Severity::Critical).snooze(hours(25), now()), too_long(24));
        assert_eq!(open(Severity::Warning).snooze(hours(720), now()).map(|events| events.len()), Ok(1));
        assert_eq!(open(Severity::Warning).snooze(hours(721), now()), too_long(720));
    }

    #[test]
    fn it_has_an_end_and_that_is_to_come() {
        assert_eq!(open(Severity::Warning).snooze(hours(0), now()), Err(SuggestionError::SnoozeOver));
        assert_eq!(open(Severity::Warning).snooze(hours(-1), now()), Err(SuggestionError::SnoozeOver));
        assert_eq!(Suggestion::Unraised.snooze(hours(1), now()), Err(SuggestionError::Unraised));
    }

    #[test]
    fn what_is_put_off_is_open_can_be_answered_and_withdrawn_and_put_off_anew() {
        let mut put_off = open(Severity::Warning);
        put_off.snooze(hours(1), now()).unwrap().iter().for_each(|event| put_off.apply(event));
        assert!(matches!(&put_off, Suggestion::Snoozed(_, raised, one) if *raised == now() && *one == hours(1)));
        assert!(put_off.ensure_open().is_ok() && put_off.accept(BY, vec![]).is_ok());
        let reason = Remark::try_from("over".to_owned()).unwrap();
        assert!(put_off.withdraw(reason.clone()).is_ok() && put_off.override_with(BY, reason).is_ok());
        put_off.snooze(hours(2), now()).unwrap().iter().for_each(|event| put_off.apply(event));
        assert!(matches!(&put_off, Suggestion::Snoozed(_, _, one) if *one == hours(2)));
    }

    #[test]
    fn it_comes_back_once_and_when_its_time_is_over() {
        let mut put_off = open(Severity::Warning);
        assert_eq!(put_off.come_back(now()), []);
        put_off.snooze(hours(1), now()).unwrap().iter().for_each(|event| put_off.apply(event));
        assert_eq!(put_off.come_back(now()), []);
        let later = now() + Duration::hours(1);
        let back = put_off.come_back(later);
        assert_eq!(back, [SuggestionEvent::SuggestionReturned { at: later }]);
        put_off.apply(&back[0]);
        assert_eq!(put_off, open(Severity::Warning));
        assert_eq!(put_off.come_back(later), []);
    }

    #[test]
    fn an_event_is_read_as_it_was_written() {
        let events = open(Severity::Warning).snooze(hours(1), now()).unwrap();
        let text = serde_json::to_string(&events[0]).unwrap();
        assert_eq!(serde_json::from_str::<SuggestionEvent>(&text).unwrap(), events[0]);
    }

    proptest! {
        /// No sequence of commands reaches an undefined state: once answered or withdrawn it stays so, until then every
        /// command is taken, and what is put off ends within its bound.
        #[test]
        fn whatever_is_done_it_is_open_or_ended_for_good(steps in proptest::collection::vec((0_u8..6, -50_i64..800), 0..12)) {
            let mut suggestion = Suggestion::Unraised;
            let mut events = vec![];
            for (step, n) in steps {
                let before = suggestion.clone();
                let reason = Remark::try_from("r".to_owned()).unwrap();
                let decided = match step {
                    0 => suggestion.raise(content(Severity::Warning), now()),
                    1 => suggestion.accept(BY, vec![]),
                    2 => suggestion.override_with(BY, reason),
                    3 => suggestion.snooze(hours(n), now()),
                    4 => Ok(suggestion.come_back(now() + Duration::hours(n))),
                    _ => suggestion.withdraw(reason),
                };
                let was_open = before.ensure_open().is_ok();
                prop_assert!(was_open || step == 0 || decided.as_ref().is_ok_and(Vec::is_empty) || decided.is_err());
                for event in decided.into_iter().flatten() {
                    suggestion.apply(&event);
                    events.push(event);
                }
                if let Suggestion::Snoozed(_, _, snooze) = &suggestion {
                    prop_assert!(snooze.until > now() && snooze.until <= now() + Duration::hours(720));
                }
                if !was_open && before != Suggestion::Unraised {
                    prop_assert_eq!(&before, &suggestion);
                }
            }
            prop_assert_eq!(Suggestion::fold(&events), suggestion);
        }
    }
}
