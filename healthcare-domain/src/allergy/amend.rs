//! Correcting what is known of an allergy.

use super::{Allergy, AllergyError, AllergyEvent, AllergyRecord};

impl AllergyRecord {
    /// What is known of it, while it may be amended.
    ///
    /// # Errors
    /// When there is none, or it is not active.
    pub fn amendable(&self) -> Result<&Allergy, AllergyError> {
        match self {
            Self::Unrecorded => Err(AllergyError::Unrecorded),
            Self::Active(allergy) => Ok(allergy),
            Self::Removed(_) | Self::EnteredInError(_) => Err(AllergyError::NotActive),
        }
    }

    /// Takes what is known now; the same again is no event.
    ///
    /// # Errors
    /// When it is not active, would name nothing, or what was confirmed or refuted would be so no longer: that takes a
    /// reason ([`AllergyRecord::verify`]).
    pub fn amend(&self, allergy: Allergy) -> Result<Vec<AllergyEvent>, AllergyError> {
        let now = self.amendable()?;
        if *now == allergy {
            return Ok(vec![]);
        }
        if allergy.substance.is_empty() {
            return Err(AllergyError::NoSubstance);
        }
        if now.verification.is_settled() && now.verification != allergy.verification {
            return Err(AllergyError::NeedsReason);
        }
        Ok(vec![AllergyEvent::AllergyAmended { allergy }])
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        EventSourced,
        allergy::{Allergy, AllergyError, AllergyRecord, Criticality},
        code::CodeableConcept,
        text::Remark,
    };

    fn latex() -> Allergy {
        Allergy::to(CodeableConcept::words("Latex"))
    }

    #[test]
    fn what_is_learnt_later_replaces_what_was_known_and_the_same_again_is_nothing() {
        let mut record = AllergyRecord::fold(&AllergyRecord::Unrecorded.add(latex()).unwrap());
        let graver = Allergy { criticality: Some(Criticality::High), ..latex() };
        for event in record.amend(graver.clone()).unwrap() {
            record.apply(&event);
        }
        assert_eq!(record, AllergyRecord::Active(graver.clone()));
        assert_eq!(record.amend(graver), Ok(vec![]));
    }

    #[test]
    fn an_allergy_keeps_a_substance_and_a_removed_one_is_not_amended() {
        let nameless = Allergy { substance: CodeableConcept::default(), ..latex() };
        assert_eq!(AllergyRecord::Active(latex()).amend(nameless), Err(AllergyError::NoSubstance));
        assert_eq!(AllergyRecord::Unrecorded.amend(latex()), Err(AllergyError::Unrecorded));
        let active = AllergyRecord::Active(latex());
        let mut removed = active.clone();
        for event in active.remove(Remark::try_from("tolerated".to_owned()).unwrap()).unwrap() {
            removed.apply(&event);
        }
        assert_eq!(
            removed.amend(Allergy { criticality: Some(Criticality::Low), ..latex() }),
            Err(AllergyError::NotActive)
        );
    }
}
