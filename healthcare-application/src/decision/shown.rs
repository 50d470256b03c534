//! Who saw what decision support said, and what they did: part of the justification log.

use chrono::{DateTime, Utc};
use healthcare_domain::{
    DomainEvent,
    id::AccountId,
    suggestion::{CarriedOut, SuggestionEvent},
};
use serde::Serialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{App, access::Call, store::Recorded};

/// Where a suggestion was shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ShownVia {
    /// In the chart.
    Chart,
    /// In a patient's list.
    List,
    /// In the inbox.
    Inbox,
    /// By itself.
    Itself,
    /// With its justification.
    Justification,
}

impl ShownVia {
    /// The name it is stored under.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Chart => "chart",
            Self::List => "list",
            Self::Inbox => "inbox",
            Self::Itself => "itself",
            Self::Justification => "justification",
        }
    }
}

/// To whom a suggestion was shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Shown {
    /// The account.
    pub account: AccountId,
    /// Its role then.
    pub role: String,
    /// Where: `chart`, `list`, `inbox`, `itself` or `justification`.
    pub via: String,
    /// When first.
    pub first_at: DateTime<Utc>,
}

/// What somebody did with a suggestion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = SuggestionAnswer)]
pub struct Answer {
    /// `accepted`, `overridden`, `snoozed` or `withdrawn`.
    pub what: &'static str,
    /// The account; nil where the system took it back.
    pub by: Uuid,
    /// Its role then.
    pub role: String,
    /// When.
    pub at: DateTime<Utc>,
    /// Why, where somebody said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Until when it is put off.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<DateTime<Utc>>,
    /// What was done by taking it up: the order that was stopped, the plan that asks for the work.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub carried_out: Vec<CarriedOut>,
}

/// What was done with a suggestion, by the events of its stream.
pub fn answers(events: &[Recorded]) -> Vec<Answer> {
    let answer = |one: &Recorded| {
        let DomainEvent::Suggestion(event) = &one.event else { return None };
        let (what, reason, until, carried_out) = match event {
            SuggestionEvent::SuggestionAccepted { carried_out, .. } => ("accepted", None, None, carried_out.clone()),
            SuggestionEvent::SuggestionOverridden { reason, .. } => ("overridden", Some(reason), None, vec![]),
            SuggestionEvent::SuggestionSnoozed { snooze, .. } => {
                ("snoozed", snooze.reason.as_ref(), Some(snooze.until), vec![])
            }
            SuggestionEvent::SuggestionWithdrawn { reason } => ("withdrawn", Some(reason), None, vec![]),
            SuggestionEvent::SuggestionRaised { .. } | SuggestionEvent::SuggestionReturned { .. } => return None,
        };
        let reason = reason.map(|words| words.as_str().to_owned());
        let (by, role, at) = (one.meta.actor, one.meta.role.clone(), one.occurred_at);
        Some(Answer { what, by, role, at, reason, until, carried_out })
    };
    events.iter().filter_map(answer).collect()
}

impl App {
    /// Notes that suggestions were shown to whoever called; beside the answer, which does not wait for it.
    pub(crate) fn shown(&self, call: &Call, suggestions: &[Uuid], via: ShownVia) {
        if !suggestions.is_empty() {
            self.store.shown(call, suggestions, (via, self.clock.now()));
        }
    }

    /// Notes those among some views that were shown.
    pub(crate) fn shown_views(&self, call: &Call, views: &[Box<RawValue>], via: ShownVia) {
        #[derive(serde::Deserialize)]
        struct Named {
            id: Uuid,
        }
        let named = views.iter().filter_map(|view| serde_json::from_str::<Named>(view.get()).ok());
        self.shown(call, &named.map(|one| one.id).collect::<Vec<_>>(), via);
    }
}
