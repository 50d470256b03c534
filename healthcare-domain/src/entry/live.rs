//! Entries as they are written at the bedside rather than taken over from another system: held against what can be.

use chrono::{DateTime, Duration, Utc};

use super::{Content, Entry, EntryError, EntryEvent, Immunization, Procedure};

/// How far ahead a time may lie, for clocks that differ.
const AHEAD: Duration = Duration::minutes(5);

/// FHIR event-status, without entered-in-error, which is a state of its own.
const PROCEDURE_STATUSES: [&str; 6] = ["preparation", "in-progress", "not-done", "on-hold", "stopped", "completed"];

impl<C: Content> Entry<C> {
    /// Writes the entry as somebody tells it just now.
    ///
    /// # Errors
    /// As [`Entry::record`], and when it cannot be true at `now`.
    pub fn record_live(&self, content: C, now: DateTime<Utc>) -> Result<Vec<EntryEvent<C>>, EntryError> {
        content.check(now)?;
        self.record(content)
    }

    /// Takes what somebody says now; the same again is no event.
    ///
    /// # Errors
    /// As [`Entry::amend`], and when it cannot be true at `now`.
    pub fn amend_live(&self, content: C, now: DateTime<Utc>) -> Result<Vec<EntryEvent<C>>, EntryError> {
        content.check(now)?;
        self.amend(content)
    }

    /// What it holds, while it may be amended.
    ///
    /// # Errors
    /// When there is none, or it was struck out.
    pub fn amendable(&self) -> Result<&C, EntryError> {
        match self {
            Self::Unwritten => Err(EntryError::Unwritten),
            Self::Recorded(content) => Ok(content),
            Self::EnteredInError(_) => Err(EntryError::EnteredInError),
        }
    }
}

impl Procedure {
    /// Whether it can be true at a time.
    pub(super) fn is_possible(&self, now: DateTime<Utc>) -> Result<(), EntryError> {
        if self.code.is_empty() {
            return Err(EntryError::Unnamed);
        }
        if !PROCEDURE_STATUSES.contains(&self.status.as_str()) {
            return Err(EntryError::NoSuchStatus);
        }
        if [self.started_at, self.ended_at].into_iter().flatten().any(|at| at > now + AHEAD) {
            return Err(EntryError::InTheFuture);
        }
        if let (Some(started), Some(ended)) = (self.started_at, self.ended_at)
            && ended < started
        {
            return Err(EntryError::EndsBeforeItBegins);
        }
        if self.status == "not-done" && self.status_reason.is_none() {
            return Err(EntryError::NoReason);
        }
        Ok(())
    }
}

impl Immunization {
    /// Whether it can be true at a time.
    pub(super) fn is_possible(&self, now: DateTime<Utc>) -> Result<(), EntryError> {
        if self.vaccine.is_empty() {
            return Err(EntryError::Unnamed);
        }
        if self.given_at.is_some_and(|at| at > now + AHEAD) {
            return Err(EntryError::InTheFuture);
        }
        match self.status.as_str() {
            "completed" if self.given_at.is_none() => Err(EntryError::NoTime),
            "completed" if self.expired() => Err(EntryError::Expired),
            "completed" => Ok(()),
            "not-done" if self.status_reason.is_none() => Err(EntryError::NoReason),
            "not-done" if self.lot_number.is_some() || self.dose_number.is_some() => Err(EntryError::KnownAndUnknown),
            "not-done" => Ok(()),
            _ => Err(EntryError::NoSuchStatus),
        }
    }

    /// Whether it was given after its lot had expired, the day of expiry included in its use.
    fn expired(&self) -> bool {
        matches!((self.given_at, self.expires_on), (Some(given), Some(expires)) if given.date_naive() > expires)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::code::CodeableConcept;

    fn now() -> DateTime<Utc> {
        "2026-11-20T08:00:00Z".parse().unwrap()
    }

    fn procedure() -> Procedure {
        Procedure {
            code: CodeableConcept::words("Appendectomy"),
            status: "completed".into(),
            started_at: Some(now() - Duration::hours(2)),
            ended_at: Some(now() - Duration::hours(1)),
            ..Procedure::default()
        }
    }

    fn vaccine() -> Immunization {
        Immunization {
            vaccine: CodeableConcept::words("influenza"),
            status: "completed".into(),
            given_at: Some(now()),
            ..Immunization::default()
        }
    }

    #[test]
    fn a_procedure_has_a_name_a_status_and_times_that_can_be() {
        assert_eq!(procedure().check(now()), Ok(()));
        let refused = |change: fn(&mut Procedure)| {
            let mut one = procedure();
            change(&mut one);
            Entry::Unwritten.record_live(one, now()).unwrap_err()
        };
        assert_eq!(refused(|p| p.code = CodeableConcept::default()), EntryError::Unnamed);
        assert_eq!(refused(|p| p.status = "done".into()), EntryError::NoSuchStatus);
        assert_eq!(refused(|p| p.status = "entered-in-error".into()), EntryError::NoSuchStatus);
        assert_eq!(refused(|p| p.ended_at = Some(now() + Duration::hours(1))), EntryError::InTheFuture);
        assert_eq!(refused(|p| p.started_at = Some(now())), EntryError::EndsBeforeItBegins);
        assert_eq!(refused(|p| p.status = "not-done".into()), EntryError::NoReason);
    }

    #[test]
    fn a_vaccine_is_given_at_a_time_or_not_for_a_reason() {
        assert_eq!(vaccine().check(now()), Ok(()));
        let refused = |change: fn(&mut Immunization)| {
            let mut one = vaccine();
            change(&mut one);
            one.check(now()).unwrap_err()
        };
        assert_eq!(refused(|i| i.given_at = None), EntryError::NoTime);
        assert_eq!(refused(|i| i.given_at = Some(now() + Duration::hours(1))), EntryError::InTheFuture);
        assert_eq!(refused(|i| i.expires_on = Some("2026-11-19".parse().unwrap())), EntryError::Expired);
        assert_eq!(refused(|i| i.status = "not-done".into()), EntryError::NoReason);
        assert_eq!(refused(|i| i.status = "given".into()), EntryError::NoSuchStatus);
        assert_eq!(refused(|i| i.vaccine = CodeableConcept::default()), EntryError::Unnamed);
        let reason = Some(CodeableConcept::words("patient objection"));
        let not = Immunization { status: "not-done".into(), given_at: None, status_reason: reason, ..vaccine() };
        assert_eq!(not.check(now()), Ok(()));
        let both = Immunization { lot_number: Some("A1".into()), ..not };
        assert_eq!(both.check(now()), Err(EntryError::KnownAndUnknown));
    }

    #[test]
    fn an_entry_is_amended_until_it_is_struck_out() {
        let recorded = Entry::Recorded(procedure());
        assert_eq!(recorded.amend_live(procedure(), now()), Ok(vec![]));
        let nameless = Procedure { code: CodeableConcept::default(), ..procedure() };
        assert_eq!(recorded.amend_live(nameless, now()), Err(EntryError::Unnamed));
        assert_eq!(Entry::<Procedure>::Unwritten.amendable(), Err(EntryError::Unwritten));
        assert_eq!(Entry::EnteredInError(procedure()).amendable(), Err(EntryError::EnteredInError));
    }
}
