//! Describing a problem otherwise, e.g. once the diagnosis is sure.

use super::{Problem, ProblemError, ProblemEvent, ProblemRecord};

impl ProblemRecord {
    /// What is known of it, while it may be amended: also after it is over.
    ///
    /// # Errors
    /// When there is none, or it was struck out.
    pub fn amendable(&self) -> Result<&Problem, ProblemError> {
        match self {
            Self::Unrecorded => Err(ProblemError::Unrecorded),
            Self::Active(problem, _) | Self::Resolved(problem, ..) => Ok(problem),
            Self::EnteredInError(_) => Err(ProblemError::NotActive),
        }
    }

    /// Takes the description as it is now; the same again is no event.
    ///
    /// # Errors
    /// When there is none or it was struck out, it would name nothing, would begin after it ended, or what was confirmed or
    /// refuted would be so no longer: that takes a reason ([`ProblemRecord::verify`]).
    pub fn amend(&self, problem: Problem) -> Result<Vec<ProblemEvent>, ProblemError> {
        let now = self.amendable()?;
        if *now == problem {
            return Ok(vec![]);
        }
        if problem.code.is_empty() {
            return Err(ProblemError::Unnamed);
        }
        if let (Self::Resolved(before, Some(ended), _), Some(onset)) = (self, problem.onset_at)
            && before.onset_at != problem.onset_at
            && *ended < onset
        {
            return Err(ProblemError::ResolvedBeforeOnset);
        }
        if super::verify::is_settled(now) && now.verification != problem.verification {
            return Err(ProblemError::NeedsReason);
        }
        Ok(vec![ProblemEvent::ProblemAmended { problem, overrides: vec![] }])
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        EventSourced,
        code::CodeableConcept,
        problem::{Activity, Ending, Problem, ProblemError, ProblemRecord},
        text::Remark,
    };

    fn asthma() -> Problem {
        Problem {
            identifiers: vec![],
            code: CodeableConcept::words("Asthma"),
            categories: vec![],
            verification: Some("provisional".into()),
            severity: None,
            onset_at: None,
            encounter: None,
            body_sites: vec![],
            note: None,
        }
    }

    #[test]
    fn a_provisional_diagnosis_is_confirmed_and_the_same_again_is_nothing() {
        let mut record = ProblemRecord::fold(&ProblemRecord::Unrecorded.add(asthma()).unwrap());
        let sure = Problem { verification: Some("confirmed".into()), ..asthma() };
        for event in record.amend(sure.clone()).unwrap() {
            record.apply(&event);
        }
        assert_eq!(record, ProblemRecord::Active(sure.clone(), Activity::Active));
        assert_eq!(record.amend(sure), Ok(vec![]));
    }

    #[test]
    fn a_problem_begins_within_a_life_and_not_tomorrow() {
        let (now, born) = ("2026-11-21T10:00:00Z".parse().unwrap(), Some("1954-03-02".parse().unwrap()));
        let since = |at: &str| Problem { onset_at: Some(at.parse().unwrap()), ..asthma() }.ensure_of_life(born, now);
        assert_eq!(since("1953-01-01T00:00:00Z"), Err(ProblemError::OnsetBeforeBirth));
        assert_eq!(since("2099-01-01T00:00:00Z"), Err(ProblemError::OnsetInTheFuture));
        // Of what was found before birth the onset lies there.
        assert_eq!(since("1953-10-20T00:00:00Z"), Ok(()));
        assert_eq!(since("1953-05-04T00:00:00Z"), Err(ProblemError::OnsetBeforeBirth), "302 days");
        assert_eq!(since("1953-05-05T00:00:00Z"), Ok(()), "300, and one for the calendar of other places");
        assert_eq!((since("1954-03-02T00:00:00Z"), since("2026-11-21T10:05:00Z")), (Ok(()), Ok(())));
        assert_eq!(asthma().ensure_of_life(born, now), Ok(()));
    }

    #[test]
    fn a_problem_keeps_a_name_and_does_not_come_to_begin_after_its_end() {
        let nameless = Problem { code: CodeableConcept::default(), ..asthma() };
        assert_eq!(ProblemRecord::Active(asthma(), Activity::Active).amend(nameless), Err(ProblemError::Unnamed));
        let over = ProblemRecord::Resolved(asthma(), Some("2020-01-01T00:00:00Z".parse().unwrap()), Ending::Resolved);
        let later = Problem { onset_at: Some("2021-01-01T00:00:00Z".parse().unwrap()), ..asthma() };
        assert_eq!(over.amend(later), Err(ProblemError::ResolvedBeforeOnset));
    }

    #[test]
    fn what_was_struck_out_is_not_amended_and_not_struck_again() {
        let mut record = ProblemRecord::Active(asthma(), Activity::Active);
        let reason = || Remark::try_from("another patient's".to_owned()).unwrap();
        for event in record.enter_in_error(reason()).unwrap() {
            record.apply(&event);
        }
        assert_eq!(record, ProblemRecord::EnteredInError(asthma()));
        let sure = Problem { verification: Some("confirmed".into()), ..asthma() };
        assert_eq!(record.amend(sure), Err(ProblemError::NotActive));
        assert_eq!(record.enter_in_error(reason()), Err(ProblemError::NotActive));
    }
}
