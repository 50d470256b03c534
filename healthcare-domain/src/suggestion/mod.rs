//! What decision support proposes, and what a clinician made of it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    Event, EventSourced, StreamType,
    code::Coding,
    id::{AccountId, PatientId, SuggestionId},
    text::Remark,
};

/// How grave a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Good to know.
    Info,
    /// To be weighed.
    Warning,
    /// Interrupts, and needs a reason to go on.
    Critical,
}

/// What a suggestion says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SuggestionContent {
    /// Whom it is about.
    pub patient: PatientId,
    /// The stable id of the finding; at most one open suggestion a patient and finding.
    pub finding: String,
    /// The rule.
    pub rule: String,
    /// Its version.
    pub rule_version: String,
    /// How grave.
    pub severity: Severity,
    /// In a sentence.
    pub summary: String,
    /// More of it.
    #[serde(default)]
    pub detail: Option<String>,
    /// The drugs, problems or results it is about.
    #[serde(default)]
    pub subjects: Vec<Coding>,
    /// The entry of the justification log it stands on.
    pub evaluation: Uuid,
    /// What could be done, as the rule drafted it.
    #[serde(default)]
    #[schema(value_type = Vec<Object>)]
    pub proposals: Vec<serde_json::Value>,
}

/// The state of a suggestion.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum Suggestion {
    /// Nothing was suggested.
    #[default]
    Unraised,
    /// Nobody has answered.
    Open(SuggestionContent, DateTime<Utc>),
    /// Somebody took it up.
    Accepted(SuggestionContent, AccountId),
    /// Somebody set it aside, with a reason.
    Overridden(SuggestionContent, AccountId, Remark),
    /// It no longer holds.
    Withdrawn(SuggestionContent),
}

/// What can happen to a suggestion.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type")]
pub enum SuggestionEvent {
    /// It was raised.
    SuggestionRaised {
        /// What it says.
        content: SuggestionContent,
        /// When.
        at: DateTime<Utc>,
    },
    /// It was taken up.
    SuggestionAccepted {
        /// By whom.
        by: AccountId,
    },
    /// It was set aside.
    SuggestionOverridden {
        /// By whom.
        by: AccountId,
        /// Why.
        reason: Remark,
    },
    /// It no longer holds.
    SuggestionWithdrawn {
        /// What changed.
        reason: Remark,
    },
}

/// Why a decision about a suggestion is refused.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum SuggestionError {
    /// There is no such suggestion.
    #[error("there is no such suggestion")]
    Unraised,
    /// It was raised already.
    #[error("the suggestion is already raised")]
    AlreadyRaised,
    /// It was answered or withdrawn.
    #[error("the suggestion is no longer open")]
    NotOpen,
}

impl Event for SuggestionEvent {
    fn kind(&self) -> &'static str {
        match self {
            Self::SuggestionRaised { .. } => "suggestion.raised",
            Self::SuggestionAccepted { .. } => "suggestion.accepted",
            Self::SuggestionOverridden { .. } => "suggestion.overridden",
            Self::SuggestionWithdrawn { .. } => "suggestion.withdrawn",
        }
    }
    fn fhir_type(&self) -> &'static str {
        "DetectedIssue"
    }
}

impl EventSourced for Suggestion {
    type Id = SuggestionId;
    type Event = SuggestionEvent;
    type Error = SuggestionError;
    const STREAM: StreamType = StreamType::Suggestion;

    fn apply(&mut self, event: &SuggestionEvent) {
        use SuggestionEvent as E;
        *self = match (std::mem::take(self), event) {
            (_, E::SuggestionRaised { content, at }) => Self::Open(content.clone(), *at),
            (Self::Open(content, _), E::SuggestionAccepted { by }) => Self::Accepted(content, *by),
            (Self::Open(content, _), E::SuggestionOverridden { by, reason }) => {
                Self::Overridden(content, *by, reason.clone())
            }
            (Self::Open(content, _), E::SuggestionWithdrawn { .. }) => Self::Withdrawn(content),
            (
                unchanged,
                E::SuggestionAccepted { .. } | E::SuggestionOverridden { .. } | E::SuggestionWithdrawn { .. },
            ) => unchanged,
        };
    }
}

impl Suggestion {
    /// Raises the suggestion.
    ///
    /// # Errors
    /// When this stream holds one already.
    pub fn raise(
        &self,
        content: SuggestionContent,
        at: DateTime<Utc>,
    ) -> Result<Vec<SuggestionEvent>, SuggestionError> {
        match self {
            Self::Unraised => Ok(vec![SuggestionEvent::SuggestionRaised { content, at }]),
            _ => Err(SuggestionError::AlreadyRaised),
        }
    }

    /// Takes it up.
    ///
    /// # Errors
    /// When it is not open.
    pub fn accept(&self, by: AccountId) -> Result<Vec<SuggestionEvent>, SuggestionError> {
        self.ensure_open().map(|()| vec![SuggestionEvent::SuggestionAccepted { by }])
    }

    /// Sets it aside, with a reason.
    ///
    /// # Errors
    /// When it is not open.
    pub fn override_with(&self, by: AccountId, reason: Remark) -> Result<Vec<SuggestionEvent>, SuggestionError> {
        self.ensure_open().map(|()| vec![SuggestionEvent::SuggestionOverridden { by, reason }])
    }

    /// Takes it back because it no longer holds.
    ///
    /// # Errors
    /// When it is not open.
    pub fn withdraw(&self, reason: Remark) -> Result<Vec<SuggestionEvent>, SuggestionError> {
        self.ensure_open().map(|()| vec![SuggestionEvent::SuggestionWithdrawn { reason }])
    }

    fn ensure_open(&self) -> Result<(), SuggestionError> {
        match self {
            Self::Unraised => Err(SuggestionError::Unraised),
            Self::Open(..) => Ok(()),
            Self::Accepted(..) | Self::Overridden(..) | Self::Withdrawn(..) => Err(SuggestionError::NotOpen),
        }
    }
}
