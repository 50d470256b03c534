//! A person under care: who they are, whether their record is in use, and where they stand on their pathways.

mod advance_pathway;
mod contact;
mod death;
mod demographics;
pub mod matching;
mod mrn;
mod pathway;
mod register;
mod standing;
#[cfg(test)]
mod tests;

pub use advance_pathway::Advance;
pub use contact::{Address, ContactPerson, ContactPoint, Period};
pub use demographics::{AdministrativeGender, Deceased, Demographics, HumanName};
pub use mrn::{BadScheme, CheckDigit, MrnScheme};
pub use pathway::{BadPathways, Cause, Pathway, PathwayCatalogue, Stage, Step, TRIGGERS, Walked};
pub use standing::{Bound, Standing};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    Event, EventSourced, StreamType,
    id::{AccountId, PatientId},
    partial_date::PartialDate,
    text::Remark,
};

/// A person under care.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum Patient {
    /// Nobody was registered under this identity.
    #[default]
    Unregistered,
    /// Registered.
    Registered {
        /// Who they are.
        demographics: Box<Demographics>,
        /// Which pathways they are on, and how far they came.
        pathways: Walked,
        /// Whether the record is in use.
        standing: Standing,
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
    /// They reached a stage of a pathway.
    PathwayAdvanced {
        /// Which pathway; there was only one before pathways were the house's to say.
        #[serde(default = "the_first_pathway")]
        pathway: String,
        /// The stage reached.
        stage: String,
        /// When.
        at: DateTime<Utc>,
        /// Who said so; nobody, where it came by itself or before it was kept.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<AccountId>,
        /// What brought it about, where it came by itself.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        because: Option<Cause>,
    },
    /// The record was laid down.
    PatientDeactivated {
        /// Why.
        reason: Remark,
        /// When.
        at: DateTime<Utc>,
    },
    /// The record was taken up again.
    PatientReactivated {
        /// Why.
        reason: Remark,
        /// When.
        at: DateTime<Utc>,
    },
    /// The registration never should have been.
    PatientEnteredInError {
        /// Why.
        reason: Remark,
        /// When.
        at: DateTime<Utc>,
    },
}

/// The one pathway there was when its events did not name it.
fn the_first_pathway() -> String {
    "monitoring".into()
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
    /// The record was laid down.
    #[error("the record is inactive; reactivate it first")]
    Inactive,
    /// It is in use.
    #[error("the record is not inactive")]
    NotInactive,
    /// The registration was a mistake.
    #[error("the patient was entered in error")]
    EnteredInError,
    /// A visit is open.
    #[error("a visit of the patient is still open; end it first")]
    InCare,
    /// Other registrations were merged into this one.
    #[error("the record holds those of others; take the merges back first")]
    HoldsOthers,
    /// They died.
    #[error("the patient is deceased")]
    Deceased,
    /// A number that belongs to one patient is another's. Whose is not said.
    #[error("an identifier is already in use; nothing was changed")]
    IdentifierInUse,
    /// A number of the house whose check digit does not fit.
    #[error("a medical record number of this house does not verify; was it mistyped?")]
    MistypedNumber,
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
    /// Nobody died tomorrow.
    #[error("the date of death lies in the future")]
    DiedInTheFuture,
    /// A period has its beginning first.
    #[error("a period ends before it begins")]
    PeriodBackwards,
    /// A contact whom nobody could call.
    #[error("a contact person has a name, a way to be reached, an address or an organisation")]
    ContactIsNobody,
    /// The house has no such pathway.
    #[error("there is no such pathway")]
    NoSuchPathway,
    /// The pathway has no such stage.
    #[error("the pathway has no such stage")]
    NoSuchStage,
    /// A pathway is walked forwards, a step at a time.
    #[error("another stage of the pathway comes next")]
    NotTheNextStage {
        /// Where they stand.
        from: Option<String>,
        /// What comes next, if anything.
        next: Option<String>,
    },
}

impl Event for PatientEvent {
    fn kind(&self) -> &'static str {
        match self {
            Self::PatientRegistered { .. } => "patient.created",
            Self::PatientUpdated { .. } => "patient.updated",
            Self::PathwayAdvanced { .. } => "patient.pathway.advanced",
            Self::PatientDeactivated { .. } => "patient.deactivated",
            Self::PatientReactivated { .. } => "patient.reactivated",
            Self::PatientEnteredInError { .. } => "patient.entered-in-error",
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
        match event {
            PatientEvent::PatientRegistered { demographics: now }
            | PatientEvent::PatientUpdated { demographics: now } => match self {
                Self::Unregistered => {
                    let (pathways, standing) = (Walked::default(), Standing::Active);
                    *self = Self::Registered { demographics: now.clone(), pathways, standing };
                }
                Self::Registered { demographics, .. } => *demographics = now.clone(),
            },
            PatientEvent::PathwayAdvanced { pathway, stage, at, by, because } => {
                let step = Step { stage: stage.clone(), at: *at, by: *by, because: because.clone() };
                self.walk(pathway, step);
            }
            PatientEvent::PatientDeactivated { reason, at } => {
                self.stand(Standing::Inactive { reason: reason.clone(), since: *at });
            }
            PatientEvent::PatientReactivated { .. } => self.stand(Standing::Active),
            PatientEvent::PatientEnteredInError { reason, at } => {
                self.stand(Standing::EnteredInError { reason: reason.clone(), since: *at });
            }
        }
    }
}

impl Patient {
    /// Takes in how the record stands now.
    fn stand(&mut self, now: Standing) {
        if let Self::Registered { standing, .. } = self {
            *standing = now;
        }
    }
}
