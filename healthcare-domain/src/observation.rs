//! Results and other observations. Vital signs charted here are a set of their own ([`crate::vitals`]).

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    Event, EventSourced, StreamType,
    code::{CodeableConcept, LOINC},
    id::{AccountId, EncounterId, ObservationId},
    lifetime::is_before_life,
    partial_date::PartialDate,
    quantity::Quantity,
    reference::Identifier,
    signing::Override,
    text::Remark,
    vitals::VitalSign,
};

/// A measurement or finding (FHIR Observation).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Observation {
    /// What the source calls it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub identifiers: Vec<Identifier>,
    /// What kind of observation; it decides the event's name and the chart's section.
    pub category: ObservationCategory,
    /// What was observed (LOINC).
    pub code: CodeableConcept,
    /// What was found; absent with a reason, or when the components say it.
    #[serde(default)]
    pub value: Option<ObservationValue>,
    /// Parts measured together, e.g. systolic and diastolic pressure.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub components: Vec<Component>,
    /// Why there is no value.
    #[serde(default)]
    pub data_absent_reason: Option<CodeableConcept>,
    /// FHIR interpretation, e.g. H, LL.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub interpretation: Vec<CodeableConcept>,
    /// The reference range in words, as the laboratory gave it.
    #[serde(default)]
    pub reference_range: Option<String>,
    /// FHIR status, e.g. `final`, `preliminary`, `corrected`. The view has a `status` of its own: read or unread.
    #[serde(rename = "result_status")]
    pub status: String,
    /// The time it is true of.
    pub effective_at: DateTime<Utc>,
    /// When it was made available.
    #[serde(default)]
    pub issued_at: Option<DateTime<Utc>>,
    /// During which visit.
    #[serde(default)]
    pub encounter: Option<EncounterId>,
}

/// The categories the record tells apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ObservationCategory {
    /// Vital signs.
    VitalSigns,
    /// Laboratory results.
    Laboratory,
    /// How the patient lives: smoking, alcohol, occupation …
    SocialHistory,
    /// Survey, exam, imaging and the rest.
    Other,
}

/// A value of one of FHIR's types.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ObservationValue {
    /// A number with its unit.
    Quantity(Quantity),
    /// A code.
    Concept(CodeableConcept),
    /// Words.
    Text(String),
    /// Yes or no.
    Flag(bool),
    /// Any other FHIR value, as it came.
    #[schema(value_type = Object)]
    Other(serde_json::Value),
}

/// A part of an observation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Component {
    /// What was observed.
    pub code: CodeableConcept,
    /// What was found.
    pub value: Option<ObservationValue>,
}

/// The state of one observation.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum ObservationRecord {
    /// Nothing recorded.
    #[default]
    Unrecorded,
    /// It stands.
    Recorded {
        /// What was observed.
        observation: Observation,
        /// Who has seen it, once somebody has. Results from another system were seen there.
        viewed: Viewed,
    },
    /// It was recorded in error.
    EnteredInError(Observation),
}

/// Whether a clinician has seen a result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Viewed {
    /// Nobody yet.
    No,
    /// Somebody, at a time.
    By(AccountId, DateTime<Utc>),
    /// It came with the history of another system.
    Elsewhere,
}

/// What can happen to an observation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type")]
pub enum ObservationEvent {
    /// It became available.
    ObservationRecorded {
        /// What was observed.
        observation: Observation,
        /// Whether it came with the history of another system.
        #[serde(default)]
        imported: bool,
        /// Findings set aside.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        overrides: Vec<Override>,
    },
    /// Its source corrected it.
    ObservationAmended {
        /// All of it, as it is now.
        observation: Observation,
    },
    /// A clinician has seen it.
    ResultViewed {
        /// Who.
        by: AccountId,
        /// When.
        at: DateTime<Utc>,
    },
    /// It was recorded in error.
    ObservationEnteredInError {
        /// Why.
        reason: Remark,
    },
}

/// Why a decision about an observation is refused.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ObservationError {
    /// There is no such observation.
    #[error("there is no such observation")]
    Unrecorded,
    /// It is recorded already.
    #[error("the observation is already recorded")]
    AlreadyRecorded,
    /// It was struck out.
    #[error("the observation is marked as entered in error")]
    EnteredInError,
    /// It says nothing.
    #[error("an observation is named by a code or in words")]
    Unnamed,
    /// It has neither a value nor parts nor a reason for having none.
    #[error("an observation has a value, components, or a reason why there is none")]
    NoValue,
    /// It says how large the body is, which is charted with the vital signs.
    #[error("{0} is no laboratory result: chart it with the vital signs of a visit, where doses are held against it")]
    VitalSign(VitalSign),
    /// It lies before the patient lived.
    #[error("the observation's time lies before the patient's birth, or before 1850")]
    BeforeBirth,
    /// It lies in the future.
    #[error("the observation's time lies in the future")]
    InTheFuture,
}

impl Event for ObservationEvent {
    fn kind(&self) -> &'static str {
        match self {
            Self::ObservationRecorded { observation, .. } => match observation.category {
                ObservationCategory::VitalSigns => "encounter.vitals.recorded",
                ObservationCategory::Laboratory => "lab.result.available",
                ObservationCategory::SocialHistory => "patient.social-history.recorded",
                ObservationCategory::Other => "observation.recorded",
            },
            Self::ObservationAmended { observation } => match observation.category {
                ObservationCategory::SocialHistory => "patient.social-history.amended",
                ObservationCategory::VitalSigns | ObservationCategory::Laboratory | ObservationCategory::Other => {
                    "observation.amended"
                }
            },
            Self::ResultViewed { .. } => "lab.result.viewed",
            Self::ObservationEnteredInError { .. } => "observation.entered-in-error",
        }
    }
    fn fhir_type(&self) -> &'static str {
        "Observation"
    }
}

impl EventSourced for ObservationRecord {
    type Id = ObservationId;
    type Event = ObservationEvent;
    type Error = ObservationError;
    const STREAM: StreamType = StreamType::Observation;

    fn apply(&mut self, event: &ObservationEvent) {
        *self = match (std::mem::take(self), event) {
            (_, ObservationEvent::ObservationRecorded { observation, imported, .. }) => Self::Recorded {
                observation: observation.clone(),
                viewed: if *imported { Viewed::Elsewhere } else { Viewed::No },
            },
            (Self::Recorded { viewed, .. }, ObservationEvent::ObservationAmended { observation }) => {
                // A corrected result has to be looked at again.
                let viewed = if viewed == Viewed::Elsewhere { viewed } else { Viewed::No };
                Self::Recorded { observation: observation.clone(), viewed }
            }
            (Self::Recorded { observation, .. }, ObservationEvent::ResultViewed { by, at }) => {
                Self::Recorded { observation, viewed: Viewed::By(*by, *at) }
            }
            (Self::Recorded { observation, .. }, ObservationEvent::ObservationEnteredInError { .. }) => {
                Self::EnteredInError(observation)
            }
            (unchanged @ (Self::Unrecorded | Self::EnteredInError(_)), _) => unchanged,
        };
    }
}

impl ObservationRecord {
    /// Records a result or other observation.
    ///
    /// # Errors
    /// When it is recorded already, says nothing, or lies in the future of `now`.
    pub fn record(
        &self,
        observation: Observation,
        imported: bool,
        now: DateTime<Utc>,
    ) -> Result<Vec<ObservationEvent>, ObservationError> {
        match self {
            Self::Unrecorded if observation.code.is_empty() => Err(ObservationError::Unnamed),
            Self::Unrecorded if observation.says_nothing() => Err(ObservationError::NoValue),
            Self::Unrecorded if observation.effective_at > now + chrono::Duration::minutes(5) => {
                Err(ObservationError::InTheFuture)
            }
            Self::Unrecorded => {
                Ok(vec![ObservationEvent::ObservationRecorded { observation, imported, overrides: vec![] }])
            }
            Self::Recorded { .. } => Err(ObservationError::AlreadyRecorded),
            Self::EnteredInError(_) => Err(ObservationError::EnteredInError),
        }
    }

    /// Takes what its source says now; the same again is no event.
    ///
    /// # Errors
    /// When there is none, or it was struck out.
    pub fn amend(&self, observation: Observation) -> Result<Vec<ObservationEvent>, ObservationError> {
        match self {
            Self::Unrecorded => Err(ObservationError::Unrecorded),
            Self::Recorded { observation: now, .. } if *now == observation => Ok(vec![]),
            Self::Recorded { .. } => Ok(vec![ObservationEvent::ObservationAmended { observation }]),
            Self::EnteredInError(_) => Err(ObservationError::EnteredInError),
        }
    }

    /// What it says, while it may be amended.
    ///
    /// # Errors
    /// When there is none, or it was struck out.
    pub fn amendable(&self) -> Result<&Observation, ObservationError> {
        match self {
            Self::Unrecorded => Err(ObservationError::Unrecorded),
            Self::Recorded { observation, .. } => Ok(observation),
            Self::EnteredInError(_) => Err(ObservationError::EnteredInError),
        }
    }

    /// Takes what somebody says now: as [`ObservationRecord::amend`], held against what can be.
    ///
    /// # Errors
    /// As [`ObservationRecord::amend`]; when it says nothing, or lies in the future of `now`.
    pub fn amend_live(
        &self,
        observation: Observation,
        now: DateTime<Utc>,
    ) -> Result<Vec<ObservationEvent>, ObservationError> {
        self.amendable()?;
        if observation.code.is_empty() {
            return Err(ObservationError::Unnamed);
        }
        if observation.says_nothing() {
            return Err(ObservationError::NoValue);
        }
        if observation.effective_at > now + chrono::Duration::minutes(5) {
            return Err(ObservationError::InTheFuture);
        }
        self.amend(observation)
    }

    /// Notes that a clinician has seen it; a second look is no event.
    ///
    /// # Errors
    /// When there is none, or it was struck out.
    pub fn view(&self, by: AccountId, at: DateTime<Utc>) -> Result<Vec<ObservationEvent>, ObservationError> {
        match self {
            Self::Unrecorded => Err(ObservationError::Unrecorded),
            Self::Recorded { viewed: Viewed::No, .. } => Ok(vec![ObservationEvent::ResultViewed { by, at }]),
            Self::Recorded { .. } => Ok(vec![]),
            Self::EnteredInError(_) => Err(ObservationError::EnteredInError),
        }
    }

    /// Strikes it out.
    ///
    /// # Errors
    /// When there is none, or it was struck already.
    pub fn enter_in_error(&self, reason: Remark) -> Result<Vec<ObservationEvent>, ObservationError> {
        match self {
            Self::Unrecorded => Err(ObservationError::Unrecorded),
            Self::Recorded { .. } => Ok(vec![ObservationEvent::ObservationEnteredInError { reason }]),
            Self::EnteredInError(_) => Err(ObservationError::EnteredInError),
        }
    }
}

impl Observation {
    /// Whether a person may type it of somebody who was born then. What a program, a device or another system tells is taken
    /// as it comes: nobody waits there who could say it otherwise.
    ///
    /// # Errors
    /// When it lies before they lived, or is a body weight or height that is reported as a laboratory's.
    pub fn ensure_typed(&self, born: Option<PartialDate>) -> Result<(), ObservationError> {
        match self.of_the_body() {
            _ if is_before_life(self.effective_at, born) => Err(ObservationError::BeforeBirth),
            Some(sign) => Err(ObservationError::VitalSign(sign)),
            None => Ok(()),
        }
    }

    /// The weight or height that a laboratory's result says it is.
    fn of_the_body(&self) -> Option<VitalSign> {
        let sign = VitalSign::from_loinc(self.code.code_in(LOINC)?)?;
        (self.category == ObservationCategory::Laboratory && sign.is_of_the_body()).then_some(sign)
    }

    fn says_nothing(&self) -> bool {
        self.value.is_none() && self.components.is_empty() && self.data_absent_reason.is_none()
    }
}

#[cfg(test)]
#[path = "observation_properties.rs"]
mod properties;

#[cfg(test)]
#[path = "observation_test.rs"]
mod tests;
