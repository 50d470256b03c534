//! Which registrations are one person, and which were found not to be. Beside the patient's own stream, for it is decided
//! by others: whoever keeps the directory.

mod distinct;
mod merge;
#[cfg(test)]
mod sequences;
mod unmerge;

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    Event, EventSourced, StreamType,
    id::{IdentityId, PatientId},
    text::Remark,
};

/// What is known of a registration beside who it is of.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Identity {
    /// Whether it is a record of its own.
    pub standing: Standing,
    /// The registrations that were merged into this one, and are still.
    pub holds: BTreeSet<PatientId>,
    /// Registrations that were found to be of other people.
    pub distinct_from: BTreeSet<PatientId>,
}

/// Whether a registration is a record of its own.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Standing {
    /// It is.
    #[default]
    Own,
    /// It was merged into another one.
    Merged {
        /// Into which.
        into: PatientId,
        /// When.
        at: DateTime<Utc>,
    },
}

/// What can happen to it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type")]
pub enum IdentityEvent {
    /// It was merged into another registration of the same person.
    MergedInto {
        /// The one that holds the record from now on.
        survivor: PatientId,
        /// Why it is known to be the same person.
        reason: Remark,
        /// When.
        at: DateTime<Utc>,
    },
    /// Another registration was merged into this one.
    TookIn {
        /// The other one.
        duplicate: PatientId,
        /// Why it is known to be the same person.
        reason: Remark,
        /// When.
        at: DateTime<Utc>,
    },
    /// The merge was taken back: it is a record of its own again.
    Restored {
        /// The one that held it.
        survivor: PatientId,
        /// Why.
        reason: Remark,
        /// What was begun at the survivor since and goes with it.
        assigned: Vec<Uuid>,
        /// When.
        at: DateTime<Utc>,
    },
    /// The merge of another registration into this one was taken back.
    LetGo {
        /// The other one.
        duplicate: PatientId,
        /// Why.
        reason: Remark,
        /// What was begun here since and went with it.
        assigned: Vec<Uuid>,
        /// When.
        at: DateTime<Utc>,
    },
    /// Somebody decided that another registration is not of the same person.
    FoundDistinct {
        /// The other one.
        other: PatientId,
        /// How they know.
        reason: Remark,
    },
}

/// Why a decision about identities is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IdentityError {
    /// A registration is not merged with itself.
    #[error("a patient is not merged with themselves")]
    Same,
    /// It was merged before.
    #[error("the patient was merged into {into} before")]
    AlreadyMerged {
        /// Into which.
        into: PatientId,
    },
    /// It is not merged into the one that was named.
    #[error("the patient is not merged into this one")]
    NotMerged,
    /// The survivor itself was merged meanwhile.
    #[error("the surviving patient was itself merged into {into}")]
    SurvivorMerged {
        /// Into which.
        into: PatientId,
    },
    /// What is to be given to the restored patient was not begun at the survivor since the merge.
    #[error("only what was begun for the surviving patient since the merge can be assigned to the restored one")]
    NotAssignable,
    /// It was decided before.
    #[error("the two were found to be different people before")]
    AlreadyDistinct,
    /// The surviving record is laid down, or one of the two is marked as entered in error.
    #[error("a record that is not in use takes nobody in, and one that is a mistake is not merged")]
    NotInUse,
    /// One of them was changed since the caller saw it.
    #[error("one of the two patients was changed since you saw them")]
    Changed,
}

impl Event for IdentityEvent {
    fn kind(&self) -> &'static str {
        match self {
            Self::MergedInto { .. } | Self::TookIn { .. } => "patient.merged",
            Self::Restored { .. } | Self::LetGo { .. } => "patient.unmerged",
            Self::FoundDistinct { .. } => "patient.duplicate.dismissed",
        }
    }
    fn fhir_type(&self) -> &'static str {
        "Patient"
    }
}

impl EventSourced for Identity {
    type Id = IdentityId;
    type Event = IdentityEvent;
    type Error = IdentityError;
    const STREAM: StreamType = StreamType::Identity;

    fn apply(&mut self, event: &IdentityEvent) {
        match event {
            IdentityEvent::MergedInto { survivor, at, .. } => {
                self.standing = Standing::Merged { into: *survivor, at: *at };
            }
            IdentityEvent::TookIn { duplicate, .. } => {
                self.holds.insert(*duplicate);
                self.distinct_from.remove(duplicate);
            }
            IdentityEvent::Restored { .. } => self.standing = Standing::Own,
            IdentityEvent::LetGo { duplicate, .. } => {
                self.holds.remove(duplicate);
            }
            IdentityEvent::FoundDistinct { other, .. } => {
                self.distinct_from.insert(*other);
            }
        }
    }
}
