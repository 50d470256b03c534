//! A person under care: who they are and where they stand on their pathway.

mod advance_pathway;
mod demographics;
pub mod matching;
mod register;

pub use advance_pathway::PathwayStage;
pub use demographics::{Address, AdministrativeGender, ContactPoint, Deceased, Demographics, HumanName};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{Event, EventSourced, StreamType, id::PatientId, partial_date::PartialDate};

/// A person under care.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum Patient {
    /// Nobody was registered under this identity.
    #[default]
    Unregistered,
    /// Registered, and cared for.
    Registered {
        /// Who they are.
        demographics: Box<Demographics>,
        /// Where they stand on their pathway, and since when.
        pathway: Option<(PathwayStage, DateTime<Utc>)>,
    },
}

/// What can happen to a patient's registration.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type")]
pub enum PatientEvent {
    /// A person came into the record.
    PatientRegistered {
        /// Who they are.
        demographics: Box<Demographics>,
    },
    /// Their demographics changed.
    PatientUpdated {
        /// All of them, as they are now.
        demographics: Box<Demographics>,
    },
    /// They reached a stage of their pathway.
    PathwayAdvanced {
        /// The stage reached.
        stage: PathwayStage,
        /// When.
        at: DateTime<Utc>,
    },
}

/// Why a decision about a patient is refused.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum PatientError {
    /// There is no such patient.
    #[error("there is no such patient")]
    Unregistered,
    /// They are registered already.
    #[error("the patient is already registered")]
    AlreadyRegistered,
    /// A person has a name.
    #[error("a patient has at least one name")]
    NoName,
    /// Nobody is born tomorrow.
    #[error("the birth date lies in the future")]
    BornInTheFuture(PartialDate),
    /// Nobody lives for 150 years.
    #[error("the birth date lies more than 150 years back")]
    BornTooLongAgo(PartialDate),
    /// Nobody dies before they are born.
    #[error("the date of death lies before the birth date")]
    DiedBeforeBirth,
    /// A pathway is walked forwards, a step at a time.
    #[error("the pathway goes from {from:?} to {next:?} next")]
    NotTheNextStage {
        /// Where they stand.
        from: Option<PathwayStage>,
        /// What comes next, if anything.
        next: Option<PathwayStage>,
    },
}

impl Event for PatientEvent {
    fn kind(&self) -> &'static str {
        match self {
            Self::PatientRegistered { .. } => "patient.created",
            Self::PatientUpdated { .. } => "patient.updated",
            Self::PathwayAdvanced { .. } => "patient.pathway.advanced",
        }
    }
    fn fhir_type(&self) -> &'static str {
        "Patient"
    }
}

impl EventSourced for Patient {
    type Id = PatientId;
    type Event = PatientEvent;
    type Error = PatientError;
    const STREAM: StreamType = StreamType::Patient;

    fn apply(&mut self, event: &PatientEvent) {
        match (&mut *self, event) {
            (Self::Unregistered, PatientEvent::PatientRegistered { demographics: now })
            | (Self::Unregistered, PatientEvent::PatientUpdated { demographics: now }) => {
                *self = Self::Registered { demographics: now.clone(), pathway: None };
            }
            (
                Self::Registered { demographics, .. },
                PatientEvent::PatientRegistered { demographics: now }
                | PatientEvent::PatientUpdated { demographics: now },
            ) => *demographics = now.clone(),
            (Self::Registered { pathway, .. }, PatientEvent::PathwayAdvanced { stage, at }) => {
                *pathway = Some((*stage, *at));
            }
            (Self::Unregistered, PatientEvent::PathwayAdvanced { .. }) => {}
        }
    }
}
