//! How sure an allergy is, and how that is decided anew.

use super::{AllergyError, AllergyEvent, AllergyRecord, Verification};
use crate::text::Remark;

impl Verification {
    /// Whether it was proved or ruled out: that is not undone in passing.
    pub(super) const fn is_settled(self) -> bool {
        matches!(self, Self::Confirmed | Self::Refuted)
    }

    /// FHIR's code.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unconfirmed => "unconfirmed",
            Self::Confirmed => "confirmed",
            Self::Refuted => "refuted",
        }
    }
}

impl AllergyRecord {
    /// Decides how sure it is. The same again is no change. What was ruled out speaks against no order.
    ///
    /// # Errors
    /// When it is not active, or what was confirmed or ruled out is so no longer and no reason is given.
    pub fn verify(
        &self,
        verification: Verification,
        reason: Option<Remark>,
    ) -> Result<Vec<AllergyEvent>, AllergyError> {
        let now = self.amendable()?.verification;
        if now == verification {
            return Ok(vec![]);
        }
        if now.is_settled() && reason.is_none() {
            return Err(AllergyError::NeedsReason);
        }
        Ok(vec![AllergyEvent::AllergyVerified { verification, reason }])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{EventSourced, allergy::Allergy, code::CodeableConcept};

    fn latex() -> Allergy {
        Allergy::to(CodeableConcept::words("Latex"))
    }

    #[test]
    fn what_was_only_said_is_confirmed_and_what_was_confirmed_is_ruled_out_with_a_reason() {
        let mut record = AllergyRecord::Active(latex());
        for event in record.verify(Verification::Confirmed, None).unwrap() {
            record.apply(&event);
        }
        assert_eq!(record.verify(Verification::Confirmed, None), Ok(vec![]));
        assert_eq!(record.verify(Verification::Refuted, None), Err(AllergyError::NeedsReason));
        let why = Remark::try_from("a challenge was tolerated".to_owned()).unwrap();
        for event in record.verify(Verification::Refuted, Some(why)).unwrap() {
            record.apply(&event);
        }
        assert_eq!(record, AllergyRecord::Active(Allergy { verification: Verification::Refuted, ..latex() }));
        assert_eq!(record.amend(latex()), Err(AllergyError::NeedsReason), "not in passing");
    }

    #[test]
    fn what_is_not_active_is_not_verified() {
        let removed = AllergyRecord::Removed(latex());
        assert_eq!(removed.verify(Verification::Confirmed, None), Err(AllergyError::NotActive));
        assert_eq!(AllergyRecord::Unrecorded.verify(Verification::Confirmed, None), Err(AllergyError::Unrecorded));
    }
}
