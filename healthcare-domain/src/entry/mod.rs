//! Entries that are written once and afterwards only amended or struck out: procedures, immunisations, reports.

mod calculated_score;
mod content;
mod family_history;
mod live;
#[cfg(test)]
mod properties;

pub use calculated_score::{CalculatedScore, ScoreInput, ScorePart, TakenFrom};
pub use content::{
    Beside, DiagnosticReport, ExternalRecord, Immunization, Organization, Practitioner, Procedure, ReportService,
};
pub use family_history::{FamilyCondition, FamilyHistory, FamilyHistoryStatus};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{AnyState, DomainEvent, Event, EventSourced, StreamType, text::Remark};

/// What an entry holds, and what its events are called outside.
pub trait Content: Clone + Send + Sync + PartialEq + std::fmt::Debug + 'static {
    /// The identity of the entry.
    type Id: Copy + Send + Sync + Into<uuid::Uuid> + From<uuid::Uuid>;
    /// Its kind of stream.
    const STREAM: StreamType;
    /// The FHIR R4 resource it maps to.
    const FHIR: &'static str;
    /// The CloudEvents type of its first recording.
    fn recorded_kind(&self) -> &'static str;
    /// The CloudEvents type of a later amendment.
    const AMENDED: &'static str;
    /// The CloudEvents type of striking it out.
    const STRUCK: &'static str;
    /// Whether it can be true at a time, as it is told just now. What another system sends is taken as it comes.
    ///
    /// # Errors
    /// Why not.
    fn check(&self, _now: DateTime<Utc>) -> Result<(), EntryError> {
        Ok(())
    }
}

/// An entry of the record.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum Entry<C> {
    /// Nothing was recorded yet.
    #[default]
    Unwritten,
    /// It stands.
    Recorded(C),
    /// It was recorded in error; the content is kept for the history.
    EnteredInError(C),
}

/// What can happen to an entry.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type")]
pub enum EntryEvent<C> {
    /// It was written down.
    Recorded {
        /// What was written.
        content: C,
    },
    /// Its source corrected or completed it.
    Amended {
        /// The whole content as it is now.
        content: C,
    },
    /// It should never have been written.
    EnteredInError {
        /// Why.
        reason: Remark,
    },
}

/// Why a decision about an entry is refused.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum EntryError {
    /// There is no such entry.
    #[error("there is no such entry")]
    Unwritten,
    /// It was written already.
    #[error("the entry is already recorded")]
    AlreadyRecorded,
    /// It was struck out.
    #[error("the entry is marked as entered in error")]
    EnteredInError,
    /// It names nothing.
    #[error("it is named by a code or in words")]
    Unnamed,
    /// It lies in the future.
    #[error("the time lies in the future")]
    InTheFuture,
    /// It ends before it begins.
    #[error("it ends before it begins")]
    EndsBeforeItBegins,
    /// There is no such status.
    #[error("there is no such status")]
    NoSuchStatus,
    /// What was not done was not done for a reason.
    #[error("what was not done was not done for a reason")]
    NoReason,
    /// What was given was given at a time.
    #[error("what was given was given at a time")]
    NoTime,
    /// The lot had expired.
    #[error("the lot had expired by then")]
    Expired,
    /// It says that something is not so, and details of it.
    #[error("what is not so has no details")]
    KnownAndUnknown,
    /// An age cannot be.
    #[error("an age lies between 0 and 150, and not after the death")]
    AgeCannotBe,
}

impl<C: Content> Event for EntryEvent<C> {
    fn kind(&self) -> &'static str {
        match self {
            Self::Recorded { content } => content.recorded_kind(),
            Self::Amended { .. } => C::AMENDED,
            Self::EnteredInError { .. } => C::STRUCK,
        }
    }
    fn fhir_type(&self) -> &'static str {
        C::FHIR
    }
}

impl<C: Content> EventSourced for Entry<C>
where
    EntryEvent<C>: Into<DomainEvent> + TryFrom<DomainEvent>,
    Entry<C>: Into<AnyState>,
{
    type Id = C::Id;
    type Event = EntryEvent<C>;
    type Error = EntryError;
    const STREAM: StreamType = C::STREAM;

    fn apply(&mut self, event: &EntryEvent<C>) {
        *self = match (std::mem::take(self), event) {
            (_, EntryEvent::Recorded { content }) => Self::Recorded(content.clone()),
            (Self::EnteredInError(_), EntryEvent::Amended { content }) => Self::EnteredInError(content.clone()),
            (_, EntryEvent::Amended { content }) => Self::Recorded(content.clone()),
            (Self::Recorded(content) | Self::EnteredInError(content), EntryEvent::EnteredInError { .. }) => {
                Self::EnteredInError(content)
            }
            (Self::Unwritten, EntryEvent::EnteredInError { .. }) => Self::Unwritten,
        };
    }
}

impl<C: Content> Entry<C> {
    /// Writes the entry. It is written once.
    ///
    /// # Errors
    /// When it was written before.
    pub fn record(&self, content: C) -> Result<Vec<EntryEvent<C>>, EntryError> {
        match self {
            Self::Unwritten => Ok(vec![EntryEvent::Recorded { content }]),
            Self::Recorded(_) => Err(EntryError::AlreadyRecorded),
            Self::EnteredInError(_) => Err(EntryError::EnteredInError),
        }
    }

    /// Takes what the source says now; the same content again is no event.
    ///
    /// # Errors
    /// When there is nothing to amend, or it was struck out.
    pub fn amend(&self, content: C) -> Result<Vec<EntryEvent<C>>, EntryError> {
        match self {
            Self::Unwritten => Err(EntryError::Unwritten),
            Self::Recorded(now) if *now == content => Ok(vec![]),
            Self::Recorded(_) => Ok(vec![EntryEvent::Amended { content }]),
            Self::EnteredInError(_) => Err(EntryError::EnteredInError),
        }
    }

    /// Strikes the entry out; its content stays readable in the history.
    ///
    /// # Errors
    /// When there is nothing to strike, or it was struck already.
    pub fn enter_in_error(&self, reason: Remark) -> Result<Vec<EntryEvent<C>>, EntryError> {
        match self {
            Self::Unwritten => Err(EntryError::Unwritten),
            Self::Recorded(_) => Ok(vec![EntryEvent::EnteredInError { reason }]),
            Self::EnteredInError(_) => Err(EntryError::EnteredInError),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::code::CodeableConcept;

    fn appendectomy() -> Procedure {
        Procedure { code: CodeableConcept::words("Appendectomy"), ..Procedure::default() }
    }

    #[test]
    fn an_entry_is_written_once() {
        let written = Entry::fold(&Entry::Unwritten.record(appendectomy()).unwrap());
        assert_eq!(written.record(appendectomy()), Err(EntryError::AlreadyRecorded));
    }

    #[test]
    fn the_same_content_again_is_no_event() {
        let written = Entry::Recorded(appendectomy());
        assert_eq!(written.amend(appendectomy()), Ok(vec![]));
    }

    #[test]
    fn a_struck_entry_keeps_its_content_and_takes_no_more() {
        let mut entry = Entry::Recorded(appendectomy());
        for event in entry.enter_in_error(Remark::try_from("wrong patient".to_owned()).unwrap()).unwrap() {
            entry.apply(&event);
        }
        assert_eq!(entry, Entry::EnteredInError(appendectomy()));
        assert_eq!(entry.amend(Procedure::default()), Err(EntryError::EnteredInError));
    }
}
