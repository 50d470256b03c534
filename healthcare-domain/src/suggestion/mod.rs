//! What decision support proposes, and what a clinician made of it.

mod snooze;

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
    /// What the rule stands on: citation, link, grade, and whether the source was read when the rule was written. Those
    /// raised before this was kept have none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Vec<Object>)]
    pub evidence: Vec<serde_json::Value>,
    /// The entry of the justification log it stands on.
    pub evaluation: Uuid,
    /// What could be done, as the rule drafted it.
    #[serde(default)]
    #[schema(value_type = Vec<Object>)]
    pub proposals: Vec<serde_json::Value>,
    /// The reasons the rule offers to who sets it aside. Those raised before this was kept have none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub override_reasons: Vec<String>,
    /// Where to read on: label and address. Those raised before this was kept have none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Vec<Object>)]
    pub links: Vec<serde_json::Value>,
}

/// A proposal that was carried out when its suggestion was taken up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CarriedOut {
    /// Which proposal of the suggestion, from 0.
    pub proposal: u16,
    /// The entry that it changed or began: the order that was stopped, the plan that asks for the work.
    pub entry: Uuid,
    /// The version of the entry it led to.
    pub version: i32,
    /// Of a plan, the number of the activity that asks for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub activity: Option<u16>,
}

/// For how long a suggestion is put off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Snooze {
    /// By whom.
    pub by: AccountId,
    /// Until when; it is shown again from then on.
    pub until: DateTime<Utc>,
    /// Why, where somebody said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Remark>,
}

/// The state of a suggestion.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum Suggestion {
    /// Nothing was suggested.
    #[default]
    Unraised,
    /// Nobody has answered.
    Open(SuggestionContent, DateTime<Utc>),
    /// Somebody put it off. It is open all the while, and shown again when the time is over.
    Snoozed(SuggestionContent, DateTime<Utc>, Snooze),
    /// Somebody took it up, and what was done by it.
    Accepted(SuggestionContent, AccountId, Vec<CarriedOut>),
    /// Somebody set it aside, with a reason.
    Overridden(SuggestionContent, AccountId, Remark),
    /// It no longer holds.
    Withdrawn(SuggestionContent),
}

/// What can happen to a suggestion.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type")]
#[expect(clippy::large_enum_variant, reason = "handled one at a time; nearly every stream begins with it")]
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
        /// What was done by it, in the same transaction.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        carried_out: Vec<CarriedOut>,
    },
    /// It was set aside.
    SuggestionOverridden {
        /// By whom.
        by: AccountId,
        /// Why.
        reason: Remark,
        /// Whether that is one of the reasons the rule offers, and no words about the patient.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        offered: bool,
    },
    /// It was put off for a while.
    SuggestionSnoozed {
        /// By whom, until when and why.
        #[serde(flatten)]
        snooze: Snooze,
        /// When.
        at: DateTime<Utc>,
    },
    /// The time it was put off for is over.
    SuggestionReturned {
        /// When.
        at: DateTime<Utc>,
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
    /// It would be put off until a time that is not to come.
    #[error("it can only be put off until a later time")]
    SnoozeOver,
    /// It would be put off for too long.
    #[error("it can be put off for at most {at_most_hours} hours")]
    SnoozeTooLong {
        /// The longest, in hours.
        at_most_hours: i64,
    },
    /// It has no such proposal, or it is named twice.
    #[error("the suggestion has no proposal {0}, or it is named twice")]
    NoSuchProposal(u16),
}

impl Event for SuggestionEvent {
    fn kind(&self) -> &'static str {
        match self {
            Self::SuggestionRaised { .. } => "suggestion.raised",
            Self::SuggestionAccepted { .. } => "suggestion.accepted",
            Self::SuggestionOverridden { .. } => "suggestion.overridden",
            Self::SuggestionSnoozed { .. } => "suggestion.snoozed",
            Self::SuggestionReturned { .. } => "suggestion.returned",
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
            (Self::Open(content, raised) | Self::Snoozed(content, raised, _), E::SuggestionSnoozed { snooze, .. }) => {
                Self::Snoozed(content, raised, snooze.clone())
            }
            (Self::Snoozed(content, raised, _), E::SuggestionReturned { .. }) => Self::Open(content, raised),
            (Self::Open(content, _) | Self::Snoozed(content, ..), E::SuggestionAccepted { by, carried_out }) => {
                Self::Accepted(content, *by, carried_out.clone())
            }
            (Self::Open(content, _) | Self::Snoozed(content, ..), E::SuggestionOverridden { by, reason, .. }) => {
                Self::Overridden(content, *by, reason.clone())
            }
            (Self::Open(content, _) | Self::Snoozed(content, ..), E::SuggestionWithdrawn { .. }) => {
                Self::Withdrawn(content)
            }
            (
                unchanged,
                E::SuggestionAccepted { .. }
                | E::SuggestionOverridden { .. }
                | E::SuggestionSnoozed { .. }
                | E::SuggestionReturned { .. }
                | E::SuggestionWithdrawn { .. },
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

    /// Takes it up, with what is done by it.
    ///
    /// # Errors
    /// When it is not open, or what is done is none of its proposals, or one of them twice.
    pub fn accept(&self, by: AccountId, carried_out: Vec<CarriedOut>) -> Result<Vec<SuggestionEvent>, SuggestionError> {
        let proposals = self.ensure_open()?.proposals.len();
        for (n, one) in carried_out.iter().enumerate() {
            let repeated = carried_out[..n].iter().any(|before| before.proposal == one.proposal);
            if repeated || usize::from(one.proposal) >= proposals {
                return Err(SuggestionError::NoSuchProposal(one.proposal));
            }
        }
        Ok(vec![SuggestionEvent::SuggestionAccepted { by, carried_out }])
    }

    /// Sets it aside, with a reason.
    ///
    /// # Errors
    /// When it is not open.
    pub fn override_with(&self, by: AccountId, reason: Remark) -> Result<Vec<SuggestionEvent>, SuggestionError> {
        let offered = self.ensure_open()?.override_reasons.iter().any(|one| one == reason.as_str());
        Ok(vec![SuggestionEvent::SuggestionOverridden { by, reason, offered }])
    }

    /// Takes it back because it no longer holds.
    ///
    /// # Errors
    /// When it is not open.
    pub fn withdraw(&self, reason: Remark) -> Result<Vec<SuggestionEvent>, SuggestionError> {
        self.ensure_open().map(|_| vec![SuggestionEvent::SuggestionWithdrawn { reason }])
    }

    /// What it says, wherever it stands.
    pub const fn content(&self) -> Option<&SuggestionContent> {
        match self {
            Self::Unraised => None,
            Self::Open(content, _)
            | Self::Snoozed(content, ..)
            | Self::Accepted(content, ..)
            | Self::Overridden(content, ..)
            | Self::Withdrawn(content) => Some(content),
        }
    }

    /// What an open suggestion says; one that is put off is open, too.
    ///
    /// # Errors
    /// When it is not open.
    pub fn ensure_open(&self) -> Result<&SuggestionContent, SuggestionError> {
        match self {
            Self::Unraised => Err(SuggestionError::Unraised),
            Self::Open(content, _) | Self::Snoozed(content, ..) => Ok(content),
            Self::Accepted(..) | Self::Overridden(..) | Self::Withdrawn(..) => Err(SuggestionError::NotOpen),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(proposals: usize) -> Suggestion {
        let content = SuggestionContent {
            patient: PatientId(Uuid::from_u128(1)),
            finding: "f".into(),
            rule: "r".into(),
            rule_version: "1".into(),
            severity: Severity::Warning,
            summary: "s".into(),
            detail: None,
            subjects: vec![],
            evidence: vec![],
            evaluation: Uuid::from_u128(2),
            proposals: vec![serde_json::json!({ "action": "record-allergy-status" }); proposals],
            override_reasons: vec!["Known and being treated".into()],
            links: vec![],
        };
        let at = "2026-11-21T09:00:00Z".parse().unwrap();
        Suggestion::fold(&Suggestion::Unraised.raise(content, at).unwrap())
    }

    const BY: AccountId = AccountId(Uuid::from_u128(3));

    fn done(proposal: u16) -> CarriedOut {
        CarriedOut { proposal, entry: Uuid::from_u128(4), version: 2, activity: None }
    }

    #[test]
    fn what_was_carried_out_is_kept_with_the_acceptance() {
        let mut suggestion = open(2);
        for event in suggestion.accept(BY, vec![done(1)]).unwrap() {
            suggestion.apply(&event);
        }
        assert!(matches!(&suggestion, Suggestion::Accepted(_, BY, carried) if *carried == [done(1)]));
        assert_eq!(suggestion.accept(BY, vec![]), Err(SuggestionError::NotOpen));
    }

    #[test]
    fn only_its_own_proposals_are_carried_out_and_each_once() {
        assert_eq!(open(1).accept(BY, vec![done(1)]), Err(SuggestionError::NoSuchProposal(1)));
        assert_eq!(open(2).accept(BY, vec![done(0), done(0)]), Err(SuggestionError::NoSuchProposal(0)));
        assert_eq!(Suggestion::Unraised.accept(BY, vec![]), Err(SuggestionError::Unraised));
    }

    #[test]
    fn a_reason_that_the_rule_offers_is_told_from_words_of_ones_own() {
        let offered = |words: &str| {
            let reason = Remark::try_from(words.to_owned()).unwrap();
            match &open(0).override_with(BY, reason).unwrap()[..] {
                [SuggestionEvent::SuggestionOverridden { offered, .. }] => *offered,
                other => panic!("{other:?}"),
            }
        };
        assert!(offered("Known and being treated"));
        assert!(!offered("Mrs. Muster knows."));
    }

    #[test]
    fn what_was_raised_and_overridden_before_reasons_were_kept_is_still_read() {
        let old = r#"{"type":"SuggestionOverridden","by":"00000000-0000-0000-0000-000000000003","reason":"known"}"#;
        let event: SuggestionEvent = serde_json::from_str(old).unwrap();
        assert!(matches!(event, SuggestionEvent::SuggestionOverridden { offered: false, .. }));
        assert_eq!(serde_json::to_string(&event).unwrap(), old);
        let mut raised = serde_json::to_value(open(0).content().unwrap()).unwrap();
        raised.as_object_mut().unwrap().remove("override_reasons");
        let content: SuggestionContent = serde_json::from_value(raised).unwrap();
        assert!(content.override_reasons.is_empty() && content.links.is_empty());
    }

    #[test]
    fn an_acceptance_from_before_proposals_were_run_is_still_read() {
        let old = r#"{"type":"SuggestionAccepted","by":"00000000-0000-0000-0000-000000000003"}"#;
        let event: SuggestionEvent = serde_json::from_str(old).unwrap();
        assert_eq!(event, SuggestionEvent::SuggestionAccepted { by: BY, carried_out: vec![] });
        assert_eq!(serde_json::to_string(&event).unwrap(), old);
    }
}
