//! What a patient consented to, or refused (FHIR Consent).

#[cfg(test)]
mod tests;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    Event, EventSourced, StreamType,
    code::CodeableConcept,
    id::{AccountId, ConsentId},
    partial_date::PartialDate,
    patient::Period,
    reference::Identifier,
    text::Remark,
};

/// Whether something is allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = ConsentDecision)]
pub enum Decision {
    /// It is.
    Permit,
    /// It is not.
    Deny,
}

/// Who decided: the patient, or somebody for them (FHIR Consent.performer).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ConsentGiver)]
pub struct Giver {
    /// Their name; the patient where it is absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What they are to the patient, e.g. guardian; the patient where it is absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub relationship: Option<CodeableConcept>,
}

/// A decision of a patient about what is done with them or their data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ConsentContent)]
pub struct ConsentContent {
    /// What the source calls it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub identifiers: Vec<Identifier>,
    /// The area: HL7 `consentscope` (`patient-privacy`, `research`, `treatment`, `adr`).
    pub scope: CodeableConcept,
    /// What kind of consent: LOINC (59284-0) or HL7 `consentcategorycodes`.
    pub categories: Vec<CodeableConcept>,
    /// Whether it is allowed.
    pub decision: Decision,
    /// When it was decided, as precisely as known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decided_on: Option<PartialDate>,
    /// The very moment, where its source knows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decided_at: Option<DateTime<Utc>>,
    /// From when to when it holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub period: Option<Period>,
    /// Who decided; the patient where it says nobody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub given_by: Option<Giver>,
    /// Who wrote it down; nobody of the house, where it was imported.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recorded_by: Option<AccountId>,
}

/// The state of one consent.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum Consent {
    /// Nothing recorded.
    #[default]
    Unrecorded,
    /// It holds, within its period.
    Active(Box<ConsentContent>),
    /// It was taken back.
    Withdrawn {
        /// What it was.
        content: Box<ConsentContent>,
        /// Since when it does not hold.
        at: DateTime<Utc>,
        /// Why, or how it was told.
        reason: Remark,
        /// Who wrote that down; nobody of the house, where it was imported.
        by: Option<AccountId>,
    },
    /// Never was.
    EnteredInError(Box<ConsentContent>),
}

/// What can happen to a consent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type")]
pub enum ConsentEvent {
    /// It was given, or refused.
    ConsentRecorded {
        /// What was decided.
        content: Box<ConsentContent>,
    },
    /// It was described otherwise at its source.
    ConsentAmended {
        /// All of it, as it is now.
        content: Box<ConsentContent>,
    },
    /// It was taken back.
    ConsentWithdrawn {
        /// Since when it does not hold.
        at: DateTime<Utc>,
        /// Why, or how it was told.
        reason: Remark,
        /// Who wrote that down.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<AccountId>,
    },
    /// It was recorded in error.
    ConsentEnteredInError {
        /// Why.
        reason: Remark,
    },
}

/// Why a decision about a consent is refused.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ConsentError {
    /// There is no such consent.
    #[error("there is no such consent")]
    Unrecorded,
    /// It is recorded already.
    #[error("the consent is already recorded")]
    AlreadyRecorded,
    /// It was withdrawn or struck out.
    #[error("the consent is no longer active")]
    NotActive,
    /// It says nothing of what it is about.
    #[error("a consent says its scope and at least one category")]
    AboutNothing,
    /// A period has its beginning first.
    #[error("the period ends before it begins")]
    PeriodBackwards,
    /// Nobody decided tomorrow.
    #[error("the consent lies in the future")]
    InTheFuture,
    /// It cannot be withdrawn before it was given.
    #[error("the consent cannot be withdrawn before it was given")]
    WithdrawnBeforeGiven,
}

impl Event for ConsentEvent {
    fn kind(&self) -> &'static str {
        match self {
            Self::ConsentRecorded { .. } => "patient.consent.recorded",
            Self::ConsentAmended { .. } => "patient.consent.amended",
            Self::ConsentWithdrawn { .. } => "patient.consent.withdrawn",
            Self::ConsentEnteredInError { .. } => "patient.consent.entered-in-error",
        }
    }
    fn fhir_type(&self) -> &'static str {
        "Consent"
    }
}

impl EventSourced for Consent {
    type Id = ConsentId;
    type Event = ConsentEvent;
    type Error = ConsentError;
    const STREAM: StreamType = StreamType::Consent;

    fn apply(&mut self, event: &ConsentEvent) {
        *self = match (std::mem::take(self), event) {
            (Self::Withdrawn { at, reason, by, .. }, ConsentEvent::ConsentAmended { content }) => {
                Self::Withdrawn { content: content.clone(), at, reason, by }
            }
            (_, ConsentEvent::ConsentRecorded { content } | ConsentEvent::ConsentAmended { content }) => {
                Self::Active(content.clone())
            }
            (Self::Active(content), ConsentEvent::ConsentWithdrawn { at, reason, by }) => {
                Self::Withdrawn { content, at: *at, reason: reason.clone(), by: *by }
            }
            (
                Self::Active(content) | Self::Withdrawn { content, .. } | Self::EnteredInError(content),
                ConsentEvent::ConsentEnteredInError { .. },
            ) => Self::EnteredInError(content),
            (unchanged, ConsentEvent::ConsentWithdrawn { .. } | ConsentEvent::ConsentEnteredInError { .. }) => {
                unchanged
            }
        };
    }
}

impl Consent {
    /// Records what was decided.
    ///
    /// # Errors
    /// When the stream already holds one, or it cannot be true at `now`.
    pub fn record(&self, content: ConsentContent, now: DateTime<Utc>) -> Result<Vec<ConsentEvent>, ConsentError> {
        match self {
            Self::Unrecorded => {
                plausible(&content, now)?;
                Ok(vec![ConsentEvent::ConsentRecorded { content: Box::new(content) }])
            }
            Self::Active(_) | Self::Withdrawn { .. } | Self::EnteredInError(_) => Err(ConsentError::AlreadyRecorded),
        }
    }

    /// Takes the description of its source as it is now; the same again is no event.
    ///
    /// # Errors
    /// When there is none, it was struck out, or cannot be true at `now`.
    pub fn amend(&self, content: ConsentContent, now: DateTime<Utc>) -> Result<Vec<ConsentEvent>, ConsentError> {
        match self {
            Self::Unrecorded => Err(ConsentError::Unrecorded),
            Self::EnteredInError(_) => Err(ConsentError::NotActive),
            Self::Active(known) | Self::Withdrawn { content: known, .. } if **known == content => Ok(vec![]),
            Self::Active(_) | Self::Withdrawn { .. } => {
                plausible(&content, now)?;
                Ok(vec![ConsentEvent::ConsentAmended { content: Box::new(content) }])
            }
        }
    }

    /// Takes it back from `at` on.
    ///
    /// # Errors
    /// When it does not hold, or would end before it was given or in the future.
    pub fn withdraw(
        &self,
        at: DateTime<Utc>,
        reason: Remark,
        by: Option<AccountId>,
        now: DateTime<Utc>,
    ) -> Result<Vec<ConsentEvent>, ConsentError> {
        match self {
            Self::Unrecorded => Err(ConsentError::Unrecorded),
            Self::Withdrawn { .. } | Self::EnteredInError(_) => Err(ConsentError::NotActive),
            Self::Active(_) if at > now => Err(ConsentError::InTheFuture),
            Self::Active(content) if content.decided_on.is_some_and(|on| at.date_naive() < on.first_day()) => {
                Err(ConsentError::WithdrawnBeforeGiven)
            }
            Self::Active(_) => Ok(vec![ConsentEvent::ConsentWithdrawn { at, reason, by }]),
        }
    }

    /// Strikes it out.
    ///
    /// # Errors
    /// When there is none, or it was struck already.
    pub fn enter_in_error(&self, reason: Remark) -> Result<Vec<ConsentEvent>, ConsentError> {
        match self {
            Self::Unrecorded => Err(ConsentError::Unrecorded),
            Self::Active(_) | Self::Withdrawn { .. } => Ok(vec![ConsentEvent::ConsentEnteredInError { reason }]),
            Self::EnteredInError(_) => Err(ConsentError::NotActive),
        }
    }
}

/// Refuses what no consent can be.
fn plausible(content: &ConsentContent, now: DateTime<Utc>) -> Result<(), ConsentError> {
    if content.scope.is_empty()
        || content.categories.is_empty()
        || content.categories.iter().any(CodeableConcept::is_empty)
    {
        return Err(ConsentError::AboutNothing);
    }
    if content.period.is_some_and(|period| period.is_backwards()) {
        return Err(ConsentError::PeriodBackwards);
    }
    // A day of grace: the calendar date may already have changed at the patient's place.
    let tomorrow = now.date_naive().succ_opt().unwrap_or(chrono::NaiveDate::MAX);
    if content.decided_on.is_some_and(|on| on.first_day() > tomorrow) {
        return Err(ConsentError::InTheFuture);
    }
    Ok(())
}
