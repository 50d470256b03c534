//! The port to what waits for somebody.

use std::collections::BTreeMap;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use healthcare_domain::id::PatientId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::SiteDays;
use crate::{
    access::{Actor, Circle, Permission, Permit},
    read::Paging,
    store::StoreError,
};

/// What kind of thing waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum InboxKind {
    /// A draft of one's own that is to be signed.
    Sign,
    /// A note that one is asked to co-sign, by name or by role.
    Cosign,
    /// An activity of a plan, assigned to oneself or to one's role.
    Task,
    /// A plan that is to be looked at again, today by the calendar of the site or overdue.
    Review,
    /// An alert nobody has answered.
    Alert,
    /// A suggestion of decision support nobody has answered, and that is not put off for now.
    Suggestion,
    /// A slot that is offered to somebody on the waitlist, and held until the offer is over.
    Offer,
    /// A record that was opened without a care relationship.
    BreakGlass,
}

impl InboxKind {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Sign,
        Self::Cosign,
        Self::Task,
        Self::Review,
        Self::Alert,
        Self::Suggestion,
        Self::Offer,
        Self::BreakGlass,
    ];

    /// The name it is stored and listed under.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sign => "sign",
            Self::Cosign => "cosign",
            Self::Task => "task",
            Self::Review => "review",
            Self::Alert => "alert",
            Self::Suggestion => "suggestion",
            Self::Offer => "offer",
            Self::BreakGlass => "break_glass",
        }
    }

    /// Who may deal with it.
    pub const fn needs(self) -> Permission {
        match self {
            Self::Sign => Permission::WriteNote,
            Self::Cosign => Permission::CosignNote,
            Self::Task => Permission::PerformActivity,
            Self::Review => Permission::ManagePlan,
            Self::Alert => Permission::AcknowledgeAlert,
            Self::Suggestion => Permission::AnswerSuggestion,
            Self::Offer => Permission::BookAppointment,
            Self::BreakGlass => Permission::ReviewBreakGlass,
        }
    }
}

/// The kinds that are shown to somebody: those they may deal with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kinds(Vec<InboxKind>);

impl Kinds {
    /// Those an actor may deal with.
    pub fn of(actor: &Actor) -> Self {
        Self(InboxKind::ALL.into_iter().filter(|kind| actor.may(kind.needs())).collect())
    }

    /// Their names.
    pub fn names(&self) -> Vec<&'static str> {
        self.0.iter().map(|kind| kind.as_str()).collect()
    }

    /// Whether it is one of them.
    pub fn has(&self, kind: InboxKind) -> bool {
        self.0.contains(&kind)
    }
}

/// In which order things are listed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub enum InboxSort {
    /// What is due first comes first; what has no time of its own is due since it waits.
    #[default]
    #[serde(rename = "due")]
    Due,
    /// What is due last comes first.
    #[serde(rename = "-due")]
    LastDue,
    /// What has waited longest comes first.
    #[serde(rename = "since", alias = "oldest")]
    Oldest,
    /// What came last comes first.
    #[serde(rename = "-since", alias = "newest")]
    Newest,
}

/// Which things to list; all that is given must match.
#[derive(Debug, Clone, Copy, Default)]
pub struct InboxFilter {
    /// Of this kind.
    pub kind: Option<InboxKind>,
    /// About this patient.
    pub patient: Option<PatientId>,
    /// In which order.
    pub sort: InboxSort,
}

/// What waits.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct InboxItem {
    /// What kind of thing.
    pub kind: InboxKind,
    /// About whom; absent for a broken glass, whose queue says it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub patient: Option<PatientId>,
    /// What it is about.
    pub subject: Subject,
    /// In a few words.
    pub title: String,
    /// Since when it waits.
    pub since: DateTime<Utc>,
    /// When it is due, where it says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due_at: Option<DateTime<Utc>>,
    /// How urgent, of an alert; how severe, of a suggestion.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub priority: Option<String>,
    /// The reasons that the rule of a suggestion offers to who sets it aside.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub override_reasons: Vec<String>,
    /// What can be done about it.
    pub action: ToDo,
}

/// What something is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = InboxSubject)]
pub struct Subject {
    /// The kind of entry.
    #[serde(rename = "type")]
    #[schema(example = "note")]
    pub kind: &'static str,
    /// Which.
    pub id: Uuid,
    /// Its version.
    pub version: i32,
    /// The number of the part, of an activity or a review.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<i16>,
}

/// What can be done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = InboxAction)]
pub struct ToDo {
    /// The method.
    #[schema(example = "POST")]
    pub method: &'static str,
    /// Where.
    #[schema(example = "/api/v1/notes/0198a6b0-0000-7000-8000-000000000000/cosign")]
    pub url: String,
}

/// A page of what waits, and how much waits in all.
#[derive(Debug, Serialize, ToSchema)]
pub struct Inbox {
    /// What waits.
    pub items: Vec<InboxItem>,
    /// How much waits of each kind, whatever page and kind was asked for.
    pub counts: BTreeMap<&'static str, i64>,
    /// Where the next page begins; absent on the last.
    pub next_cursor: Option<String>,
}

/// What waits for somebody.
#[async_trait]
pub trait InboxModel: Send + Sync {
    /// What waits for an actor about the circle's patients, of the kinds they may deal with; reviews since the day began at
    /// the site on which they are due.
    async fn inbox(
        &self,
        permit: &Permit,
        circle: &Circle,
        (reader, now, days): (&Actor, DateTime<Utc>, &SiteDays),
        filter: &InboxFilter,
        paging: &Paging,
    ) -> Result<Inbox, StoreError>;
}
