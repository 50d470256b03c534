//! The form of a notification.

use chrono::{DateTime, Utc};
use healthcare_domain::id::PatientId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::access::{Actor, Role};

/// Something that people are told.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Notification {
    /// Its place: 1, 2, 3 without a gap. Who has seen it resumes behind it.
    #[schema(example = 412)]
    pub position: i64,
    /// When it was told.
    pub at: DateTime<Utc>,
    /// The event it tells of, as a CloudEvents type.
    #[serde(rename = "type")]
    #[schema(example = "alert.raised")]
    pub kind: String,
    /// How pressing it is.
    pub priority: NotificationPriority,
    /// In a few words, without a name.
    #[schema(example = "NEWS2 8")]
    pub title: String,
    /// In a sentence or two, without a name.
    pub message: String,
    /// Whom it is about.
    pub patient_id: Option<PatientId>,
    /// What it is about.
    pub subject: Subject,
    /// What can be done about it.
    pub action: Action,
    /// More, by type: the rung and role told, the rule, who acknowledged.
    #[schema(value_type = Object)]
    pub details: serde_json::Value,
    /// Whether somebody is asked to answer.
    pub requires_acknowledgement: bool,
    /// When the next in line is told if nobody answers.
    pub deadline: Option<DateTime<Utc>>,
}

/// How pressing a notification is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum NotificationPriority {
    /// For when there is time.
    Normal,
    /// Soon.
    High,
    /// At once.
    Urgent,
}

impl NotificationPriority {
    /// The word it is stored and told by.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Normal => "normal",
            Self::High => "high",
            Self::Urgent => "urgent",
        }
    }
}

/// Which notifications; all that is given must match.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NotificationFilter {
    /// That tell of this event, as a CloudEvents type.
    pub kind: Option<String>,
    /// That are so pressing.
    pub priority: Option<NotificationPriority>,
    /// About this patient.
    pub patient: Option<PatientId>,
    /// Told from this time on.
    pub from: Option<DateTime<Utc>>,
    /// Told before this time.
    pub to: Option<DateTime<Utc>>,
}

/// What a notification is about.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Subject {
    /// The kind of entry.
    #[serde(rename = "type")]
    #[schema(example = "alert")]
    pub kind: String,
    /// Which.
    pub id: Uuid,
    /// The version it tells of.
    pub version: i32,
}

/// What can be done about a notification.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Action {
    /// What: `acknowledge` is a POST, `open` a GET.
    #[serde(rename = "type")]
    #[schema(example = "acknowledge")]
    pub kind: String,
    /// Where.
    #[schema(example = "/api/v1/alerts/0198a6b0-0000-7000-8000-000000000000/acknowledge")]
    pub url: String,
}

/// To whom something is told.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Audience {
    /// All of a role.
    Role(Role),
    /// All of a ward.
    Ward(String),
    /// One account.
    Account(Uuid),
}

impl Audience {
    /// Whether an actor is of it.
    pub fn has(&self, actor: &Actor) -> bool {
        match self {
            Self::Role(role) => *role == actor.role,
            // Accounts have no ward yet.
            Self::Ward(_) => false,
            Self::Account(account) => *account == actor.account.0,
        }
    }
}

/// The text names no audience.
#[derive(Debug, thiserror::Error)]
#[error("no such audience")]
pub struct UnknownAudience;

impl std::str::FromStr for Audience {
    type Err = UnknownAudience;
    fn from_str(text: &str) -> Result<Self, UnknownAudience> {
        match text.split_once(':') {
            Some(("role", role)) => role.parse().map(Self::Role).map_err(|_| UnknownAudience),
            Some(("ward", ward)) => Ok(Self::Ward(ward.to_owned())),
            Some(("account", id)) => id.parse().map(Self::Account).map_err(|_| UnknownAudience),
            _ => Err(UnknownAudience),
        }
    }
}
