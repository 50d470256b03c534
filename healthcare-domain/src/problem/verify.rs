//! How sure a problem is, and how that is decided anew.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Problem, ProblemError, ProblemEvent, ProblemRecord};
use crate::text::Remark;

/// FHIR Condition.verificationStatus, without entered-in-error, which is a state of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ProblemVerification {
    /// Nobody is sure.
    Unconfirmed,
    /// It is taken to be so until more is known.
    Provisional,
    /// One of several that it may be.
    Differential,
    /// Enough speaks for it.
    Confirmed,
    /// It was ruled out.
    Refuted,
}

/// The text is no verification status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("none of unconfirmed, provisional, differential, confirmed, refuted")]
pub struct UnknownVerification;

impl ProblemVerification {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::Unconfirmed, Self::Provisional, Self::Differential, Self::Confirmed, Self::Refuted];

    /// FHIR's code.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unconfirmed => "unconfirmed",
            Self::Provisional => "provisional",
            Self::Differential => "differential",
            Self::Confirmed => "confirmed",
            Self::Refuted => "refuted",
        }
    }
}

impl std::str::FromStr for ProblemVerification {
    type Err = UnknownVerification;
    fn from_str(text: &str) -> Result<Self, UnknownVerification> {
        Self::ALL.into_iter().find(|one| one.as_str() == text).ok_or(UnknownVerification)
    }
}

/// Whether it was confirmed or ruled out: that is not undone in passing.
pub(super) fn is_settled(problem: &Problem) -> bool {
    matches!(problem.verification.as_deref(), Some("confirmed" | "refuted"))
}

impl Problem {
    /// The same, as sure as this.
    pub(super) fn verified(self, verification: ProblemVerification) -> Self {
        Self { verification: Some(verification.as_str().to_owned()), ..self }
    }
}

impl ProblemRecord {
    /// Decides how sure it is. The same again is no change. What was ruled out counts in no check.
    ///
    /// # Errors
    /// When there is none or it was struck out, or what was confirmed or ruled out is so no longer and no reason is given.
    pub fn verify(
        &self,
        verification: ProblemVerification,
        reason: Option<Remark>,
    ) -> Result<Vec<ProblemEvent>, ProblemError> {
        let now = self.amendable()?;
        if now.verification.as_deref() == Some(verification.as_str()) {
            return Ok(vec![]);
        }
        if is_settled(now) && reason.is_none() {
            return Err(ProblemError::NeedsReason);
        }
        Ok(vec![ProblemEvent::ProblemVerified { verification, reason, overrides: vec![] }])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{EventSourced, code::CodeableConcept};

    fn record(verification: &str) -> ProblemRecord {
        let problem = Problem {
            identifiers: vec![],
            code: CodeableConcept::words("Asthma"),
            categories: vec![],
            verification: Some(verification.into()),
            severity: None,
            onset_at: None,
            encounter: None,
            body_sites: vec![],
            note: None,
        };
        ProblemRecord::fold(&ProblemRecord::Unrecorded.add(problem).unwrap())
    }

    #[test]
    fn what_is_not_settled_is_confirmed_or_ruled_out_and_the_same_again_is_nothing() {
        let mut state = record("provisional");
        for event in state.verify(ProblemVerification::Confirmed, None).unwrap() {
            state.apply(&event);
        }
        assert_eq!(state.amendable().unwrap().verification.as_deref(), Some("confirmed"));
        assert_eq!(state.verify(ProblemVerification::Confirmed, None), Ok(vec![]));
        assert_eq!(ProblemRecord::Unrecorded.verify(ProblemVerification::Refuted, None), Err(ProblemError::Unrecorded));
    }

    #[test]
    fn what_was_settled_changes_with_a_reason_and_not_in_passing() {
        let state = record("confirmed");
        assert_eq!(state.verify(ProblemVerification::Refuted, None), Err(ProblemError::NeedsReason));
        let reason = Remark::try_from("spirometry is normal".to_owned()).unwrap();
        assert!(state.verify(ProblemVerification::Refuted, Some(reason)).is_ok());
        let amended = state.amendable().unwrap().clone().verified(ProblemVerification::Provisional);
        assert_eq!(state.amend(amended), Err(ProblemError::NeedsReason));
    }
}
