//! Allergies and intolerances, and the statement that there are none.

mod amend;
mod denial;
#[cfg(test)]
mod properties;
mod verify;

pub use denial::Denied;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    Event, EventSourced, StreamType,
    code::CodeableConcept,
    id::{AllergyId, EncounterId},
    reference::Identifier,
    text::Remark,
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
    /// Whether the immune system is involved, where that is known.
    #[serde(rename = "type", default, skip_serializing_if = "Option::is_none")]
    pub mechanism: Option<Mechanism>,
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
    /// When a reaction was seen last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_occurrence: Option<DateTime<Utc>>,
    /// During which visit it was told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub encounter: Option<EncounterId>,
    /// More about it, in somebody's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Whether its source reassessed it and found that nothing happens any more (FHIR `resolved`): more than that it was taken
    /// off the list.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub resolved: bool,
}

impl Allergy {
    /// What is said of a substance at first: that there is an allergy to it, and nothing more.
    pub fn to(substance: CodeableConcept) -> Self {
        Self {
            identifiers: vec![],
            substance,
            statement: Statement::Allergic,
            mechanism: None,
            categories: vec![],
            criticality: None,
            verification: Verification::Unconfirmed,
            reactions: vec![],
            onset_at: None,
            last_occurrence: None,
            encounter: None,
            note: None,
            resolved: false,
        }
    }
}

/// FHIR AllergyIntolerance.type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
#[schema(as = AllergyType)]
pub enum Mechanism {
    /// The immune system reacts.
    Allergy,
    /// The body does, in another way.
    Intolerance,
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
    /// When it was seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub onset_at: Option<DateTime<Utc>>,
    /// The substance that brought it about, where it is narrower than the allergy's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub substance: Option<CodeableConcept>,
    /// How the body met it, e.g. by mouth.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exposure_route: Option<CodeableConcept>,
    /// What happened, in somebody's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

impl Reaction {
    /// What happened, and nothing more.
    pub fn of(manifestation: CodeableConcept) -> Self {
        Self { manifestation, severity: None, onset_at: None, substance: None, exposure_route: None, description: None }
    }
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
    /// It applies again.
    AllergyReactivated {
        /// Why.
        reason: Remark,
    },
    /// How sure it is was decided anew.
    AllergyVerified {
        /// How sure.
        verification: Verification,
        /// Why, where something that was sure no longer is.
        #[serde(default)]
        reason: Option<Remark>,
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
    /// It says that there is none, and puts that down as an allergy.
    #[error("that no allergy is known is no substance: say it with \"statement\": \"none-known\"")]
    SaysNone,
    /// It is active.
    #[error("the allergy is active")]
    Active,
    /// What was sure, or ruled out, is so no longer for a reason.
    #[error("what was confirmed or refuted is changed with a reason")]
    NeedsReason,
    /// That none is known, while one is on record.
    #[error("an allergy of that kind is on record: it cannot be said that none is known")]
    Contradicted,
    /// It lies in the future.
    #[error("the time lies in the future")]
    InTheFuture,
}

impl Event for AllergyEvent {
    fn kind(&self) -> &'static str {
        match self {
            Self::AllergyAdded { .. } => "patient.allergy.added",
            Self::AllergyAmended { .. } => "patient.allergy.amended",
            Self::AllergyRemoved { .. } => "patient.allergy.removed",
            Self::AllergyReactivated { .. } => "patient.allergy.reactivated",
            Self::AllergyVerified { .. } => "patient.allergy.verified",
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
            // Whatever was found then: it counts again.
            (Self::Active(a) | Self::Removed(a), AllergyEvent::AllergyReactivated { .. }) => {
                Self::Active(Allergy { resolved: false, ..a })
            }
            (Self::Active(a), AllergyEvent::AllergyVerified { verification, .. }) => {
                Self::Active(Allergy { verification: *verification, ..a })
            }
            (Self::Removed(a), AllergyEvent::AllergyVerified { .. }) => Self::Removed(a),
            (
                Self::Active(a) | Self::Removed(a) | Self::EnteredInError(a),
                AllergyEvent::AllergyEnteredInError { .. },
            ) => Self::EnteredInError(a),
            (
                unchanged @ (Self::EnteredInError(_) | Self::Unrecorded),
                AllergyEvent::AllergyRemoved { .. }
                | AllergyEvent::AllergyReactivated { .. }
                | AllergyEvent::AllergyVerified { .. }
                | AllergyEvent::AllergyEnteredInError { .. },
            ) => unchanged,
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

    /// Puts an allergy back on the active list.
    ///
    /// # Errors
    /// When it is active, or was struck out.
    pub fn reactivate(&self, reason: Remark) -> Result<Vec<AllergyEvent>, AllergyError> {
        match self {
            Self::Unrecorded => Err(AllergyError::Unrecorded),
            Self::Active(_) => Err(AllergyError::Active),
            Self::Removed(_) => Ok(vec![AllergyEvent::AllergyReactivated { reason }]),
            Self::EnteredInError(_) => Err(AllergyError::NotActive),
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
            categories: vec!["medication".into()],
            criticality: Some(Criticality::High),
            verification: Verification::Confirmed,
            ..Allergy::to(CodeableConcept::words("Penicillin"))
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

    #[test]
    fn a_removed_allergy_is_put_back_once() {
        let why = || Remark::try_from("reacted again".to_owned()).unwrap();
        let mut record = AllergyRecord::Removed(penicillin());
        for event in record.reactivate(why()).unwrap() {
            record.apply(&event);
        }
        assert_eq!(record, AllergyRecord::Active(penicillin()));
        assert_eq!(record.reactivate(why()), Err(AllergyError::Active));
        assert_eq!(AllergyRecord::EnteredInError(penicillin()).reactivate(why()), Err(AllergyError::NotActive));
        assert_eq!(AllergyRecord::Unrecorded.reactivate(why()), Err(AllergyError::Unrecorded));
    }
}
