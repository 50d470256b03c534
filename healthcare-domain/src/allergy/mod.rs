//! Allergies and intolerances, and the statement that there are none.

mod amend;
mod denial;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    Event, EventSourced, StreamType, code::CodeableConcept, id::AllergyId, reference::Identifier, text::Remark,
};

/// What is known of one allergy (FHIR AllergyIntolerance).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Allergy {
    /// What the source calls it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub identifiers: Vec<Identifier>,
    /// The substance, or the finding that names it. "No known allergy" is said by [`Statement`].
    pub substance: CodeableConcept,
    /// Whether this is a substance, or the statement that there is none.
    #[serde(default)]
    pub statement: Statement,
    /// `food`, `medication`, `environment`, `biologic`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub categories: Vec<String>,
    /// How dangerous a future exposure may be.
    #[serde(default)]
    pub criticality: Option<Criticality>,
    /// How sure it is.
    #[serde(default)]
    pub verification: Verification,
    /// What happened on exposure.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reactions: Vec<Reaction>,
    /// When it began.
    #[serde(default)]
    pub onset_at: Option<DateTime<Utc>>,
}

/// Whether an entry names an allergy or denies any.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Statement {
    /// The patient is allergic to the substance.
    #[default]
    Allergic,
    /// It was asked, and no allergy of the kind named is known. Not the same as not having asked; what it says of drugs
    /// is told by [`Allergy::denies_drug_allergies`].
    NoneKnown,
}

/// FHIR AllergyIntolerance.criticality.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Criticality {
    /// Not expected to be life-threatening.
    Low,
    /// May be life-threatening.
    High,
    /// It was considered and could not be told.
    UnableToAssess,
}

/// FHIR AllergyIntolerance.verificationStatus, without entered-in-error, which is a state of its own.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Verification {
    /// Said, not proved.
    #[default]
    Unconfirmed,
    /// Proved or very likely.
    Confirmed,
    /// Shown not to be so.
    Refuted,
}

/// One reaction that was seen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Reaction {
    /// What happened, e.g. hives.
    pub manifestation: CodeableConcept,
    /// How bad it was.
    #[serde(default)]
    pub severity: Option<ReactionSeverity>,
}

/// FHIR AllergyIntolerance.reaction.severity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ReactionSeverity {
    /// Mild.
    Mild,
    /// Moderate.
    Moderate,
    /// Severe.
    Severe,
}

/// The state of one allergy stream.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum AllergyRecord {
    /// Nothing recorded.
    #[default]
    Unrecorded,
    /// It stands and counts in every check.
    Active(Allergy),
    /// It no longer applies.
    Removed(Allergy),
    /// It was never so.
    EnteredInError(Allergy),
}

/// What can happen to an allergy.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type")]
pub enum AllergyEvent {
    /// It was added to the record.
    AllergyAdded {
        /// What is known of it.
        allergy: Allergy,
    },
    /// More or other is known of it.
    AllergyAmended {
        /// All that is known now.
        allergy: Allergy,
    },
    /// It no longer applies.
    AllergyRemoved {
        /// Why.
        reason: Remark,
    },
    /// It was recorded in error.
    AllergyEnteredInError {
        /// Why.
        reason: Remark,
    },
}

/// Why a decision about an allergy is refused.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum AllergyError {
    /// There is no such allergy.
    #[error("there is no such allergy")]
    Unrecorded,
    /// It is on record already.
    #[error("the allergy is already recorded")]
    AlreadyRecorded,
    /// It was removed or struck out.
    #[error("the allergy is no longer active")]
    NotActive,
    /// It names nothing.
    #[error("an allergy names its substance by a code or in words")]
    NoSubstance,
}

impl Event for AllergyEvent {
    fn kind(&self) -> &'static str {
        match self {
            Self::AllergyAdded { .. } => "patient.allergy.added",
            Self::AllergyAmended { .. } => "patient.allergy.amended",
            Self::AllergyRemoved { .. } => "patient.allergy.removed",
            Self::AllergyEnteredInError { .. } => "patient.allergy.entered-in-error",
        }
    }
    fn fhir_type(&self) -> &'static str {
        "AllergyIntolerance"
    }
}

impl EventSourced for AllergyRecord {
    type Id = AllergyId;
    type Event = AllergyEvent;
    type Error = AllergyError;
    const STREAM: StreamType = StreamType::Allergy;

    fn apply(&mut self, event: &AllergyEvent) {
        *self = match (std::mem::take(self), event) {
            (_, AllergyEvent::AllergyAdded { allergy } | AllergyEvent::AllergyAmended { allergy }) => {
                Self::Active(allergy.clone())
            }
            (Self::Active(a) | Self::Removed(a), AllergyEvent::AllergyRemoved { .. }) => Self::Removed(a),
            (
                Self::Active(a) | Self::Removed(a) | Self::EnteredInError(a),
                AllergyEvent::AllergyEnteredInError { .. },
            ) => Self::EnteredInError(a),
            (Self::EnteredInError(a), AllergyEvent::AllergyRemoved { .. }) => Self::EnteredInError(a),
            (Self::Unrecorded, AllergyEvent::AllergyRemoved { .. } | AllergyEvent::AllergyEnteredInError { .. }) => {
                Self::Unrecorded
            }
        };
    }
}

impl AllergyRecord {
    /// Puts an allergy on record.
    ///
    /// # Errors
    /// When the stream already holds one, or it names no substance.
    pub fn add(&self, allergy: Allergy) -> Result<Vec<AllergyEvent>, AllergyError> {
        match self {
            Self::Unrecorded if allergy.substance.is_empty() => Err(AllergyError::NoSubstance),
            Self::Unrecorded => Ok(vec![AllergyEvent::AllergyAdded { allergy }]),
            Self::Active(_) | Self::Removed(_) | Self::EnteredInError(_) => Err(AllergyError::AlreadyRecorded),
        }
    }

    /// Takes an allergy off the active list.
    ///
    /// # Errors
    /// When it is not active.
    pub fn remove(&self, reason: Remark) -> Result<Vec<AllergyEvent>, AllergyError> {
        match self {
            Self::Unrecorded => Err(AllergyError::Unrecorded),
            Self::Active(_) => Ok(vec![AllergyEvent::AllergyRemoved { reason }]),
            Self::Removed(_) | Self::EnteredInError(_) => Err(AllergyError::NotActive),
        }
    }

    /// Strikes an allergy out as never having been so.
    ///
    /// # Errors
    /// When there is none, or it was struck already.
    pub fn enter_in_error(&self, reason: Remark) -> Result<Vec<AllergyEvent>, AllergyError> {
        match self {
            Self::Unrecorded => Err(AllergyError::Unrecorded),
            Self::Active(_) | Self::Removed(_) => Ok(vec![AllergyEvent::AllergyEnteredInError { reason }]),
            Self::EnteredInError(_) => Err(AllergyError::NotActive),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn penicillin() -> Allergy {
        Allergy {
            identifiers: vec![],
            substance: CodeableConcept::words("Penicillin"),
            statement: Statement::Allergic,
            categories: vec!["medication".into()],
            criticality: Some(Criticality::High),
            verification: Verification::Confirmed,
            reactions: vec![],
            onset_at: None,
        }
    }

    #[test]
    fn an_allergy_without_a_substance_is_refused() {
        let nameless = Allergy { substance: CodeableConcept::default(), ..penicillin() };
        assert_eq!(AllergyRecord::Unrecorded.add(nameless), Err(AllergyError::NoSubstance));
    }

    #[test]
    fn a_removed_allergy_is_not_removed_twice() {
        let mut record = AllergyRecord::fold(&AllergyRecord::Unrecorded.add(penicillin()).unwrap());
        for event in record.remove(Remark::try_from("tolerated a challenge".to_owned()).unwrap()).unwrap() {
            record.apply(&event);
        }
        assert_eq!(record, AllergyRecord::Removed(penicillin()));
        assert_eq!(record.remove(Remark::try_from("again".to_owned()).unwrap()), Err(AllergyError::NotActive));
    }
}
