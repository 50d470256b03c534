//! Alerts about a patient, and the ladder they climb until somebody answers.

mod acknowledge;
mod escalate;
#[cfg(test)]
mod properties;
mod raise;

pub use escalate::Rung;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    Event, EventSourced, StreamType,
    id::{AccountId, AlertId, DeviceId, PatientId},
    text::Remark,
};

/// How urgent an alert is (IEC 60601-1-8).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Priority {
    /// Awareness.
    Low,
    /// Prompt response.
    Medium,
    /// Immediate response.
    High,
}

/// What an alert is about.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct AlertContent {
    /// Whom it is about.
    pub patient: PatientId,
    /// The rule that raised it, e.g. `news2`, `limit:spo2:low`. One alert is open for a patient and a rule.
    #[schema(example = "news2")]
    pub rule: String,
    /// The version of the rule.
    pub rule_version: String,
    /// How urgent.
    pub priority: Priority,
    /// In a few words.
    #[schema(example = "NEWS2 8")]
    pub title: String,
    /// What was seen, without the patient's name.
    pub message: String,
    /// When what it is about was measured.
    pub measured_at: DateTime<Utc>,
    /// The device it came from.
    #[serde(default)]
    pub device: Option<DeviceId>,
    /// The readings it stands on, by their event ids.
    #[serde(default)]
    pub evidence: Vec<String>,
}

/// The state of an alert.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum Alert {
    /// Nothing was raised.
    #[default]
    Unraised,
    /// Open: nobody has answered.
    Active {
        /// What it is about.
        content: AlertContent,
        /// When it was raised.
        raised_at: DateTime<Utc>,
        /// The highest rung told so far.
        rung: Rung,
    },
    /// Somebody answers for it.
    Acknowledged {
        /// What it is about.
        content: AlertContent,
        /// When it was raised.
        raised_at: DateTime<Utc>,
        /// The highest rung that had been told.
        rung: Rung,
        /// Who answered.
        by: AccountId,
        /// When.
        at: DateTime<Utc>,
    },
    /// It is over.
    Cleared {
        /// What it was about.
        content: AlertContent,
        /// When it was raised.
        raised_at: DateTime<Utc>,
        /// The highest rung that had been told.
        rung: Rung,
        /// When it was over.
        at: DateTime<Utc>,
    },
}

/// What can happen to an alert.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type")]
pub enum AlertEvent {
    /// It was raised, and the first rung told.
    AlertRaised {
        /// What it is about.
        content: AlertContent,
        /// When.
        at: DateTime<Utc>,
    },
    /// What it is about got worse: its priority rises.
    AlertWorsened {
        /// What it is about now.
        content: AlertContent,
        /// When.
        at: DateTime<Utc>,
    },
    /// Somebody answers for it.
    AlertAcknowledged {
        /// Who.
        by: AccountId,
        /// When.
        at: DateTime<Utc>,
        /// What they said.
        #[serde(default)]
        note: Option<Remark>,
    },
    /// Nobody answered in time: the next rung was told.
    AlertEscalated {
        /// The rung told.
        rung: Rung,
        /// When.
        at: DateTime<Utc>,
    },
    /// What it was about is over.
    AlertCleared {
        /// When.
        at: DateTime<Utc>,
    },
}

/// Why a decision about an alert is refused.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum AlertError {
    /// There is no such alert.
    #[error("there is no such alert")]
    Unraised,
    /// It is raised already.
    #[error("the alert is already raised")]
    AlreadyRaised,
    /// Somebody answered already.
    #[error("the alert is already acknowledged")]
    AlreadyAcknowledged,
    /// It is over.
    #[error("the alert is cleared")]
    Cleared,
    /// Rungs are climbed one at a time.
    #[error("the alert stands at another rung")]
    NotTheNextRung,
    /// A high alert stays until somebody answers.
    #[error("a high alert latches until it is acknowledged")]
    Latched,
}

impl Event for AlertEvent {
    fn kind(&self) -> &'static str {
        match self {
            Self::AlertRaised { .. } => "alert.raised",
            Self::AlertWorsened { .. } => "alert.worsened",
            Self::AlertAcknowledged { .. } => "alert.acknowledged",
            Self::AlertEscalated { .. } => "alert.escalated",
            Self::AlertCleared { .. } => "alert.cleared",
        }
    }
    fn fhir_type(&self) -> &'static str {
        "Flag"
    }
}

impl EventSourced for Alert {
    type Id = AlertId;
    type Event = AlertEvent;
    type Error = AlertError;
    const STREAM: StreamType = StreamType::Alert;

    fn apply(&mut self, event: &AlertEvent) {
        use AlertEvent as E;
        *self = match (std::mem::take(self), event) {
            (_, E::AlertRaised { content, at }) => {
                Self::Active { content: content.clone(), raised_at: *at, rung: Rung::FIRST }
            }
            // Worse than what was answered for: it needs an answer again.
            (Self::Active { raised_at, rung, .. }, E::AlertWorsened { content, .. }) => {
                Self::Active { content: content.clone(), raised_at, rung }
            }
            (
                Self::Acknowledged { raised_at, .. } | Self::Cleared { raised_at, .. },
                E::AlertWorsened { content, .. },
            ) => Self::Active { content: content.clone(), raised_at, rung: Rung::FIRST },
            (Self::Active { content, raised_at, rung }, E::AlertAcknowledged { by, at, .. }) => {
                Self::Acknowledged { content, raised_at, rung, by: *by, at: *at }
            }
            (Self::Active { content, raised_at, .. }, E::AlertEscalated { rung, .. }) => {
                Self::Active { content, raised_at, rung: *rung }
            }
            (
                Self::Active { content, raised_at, rung } | Self::Acknowledged { content, raised_at, rung, .. },
                E::AlertCleared { at },
            ) => Self::Cleared { content, raised_at, rung, at: *at },
            (unchanged, _) => unchanged,
        };
    }
}
