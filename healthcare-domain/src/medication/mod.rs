//! Orders of medication.

mod prescribe;
#[cfg(test)]
mod properties;
mod stop;

pub use crate::signing::Override;

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    Event, EventSourced, StreamType,
    code::CodeableConcept,
    id::{EncounterId, MedicationOrderId},
    quantity::Quantity,
    reference::{Identifier, Reference},
    text::Remark,
};

/// What is ordered (FHIR MedicationRequest).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Prescription {
    /// What the source calls it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub identifiers: Vec<Identifier>,
    /// The drug (RxNorm).
    pub medication: CodeableConcept,
    /// How much at a time.
    #[serde(default)]
    pub dose: Option<Quantity>,
    /// By which way.
    #[serde(default)]
    pub route: Option<CodeableConcept>,
    /// How often, in words, e.g. `twice a day`.
    #[serde(default)]
    pub frequency: Option<String>,
    /// Given only when needed.
    #[serde(default)]
    pub as_needed: bool,
    /// Why.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<CodeableConcept>,
    /// When it was ordered.
    pub authored_at: DateTime<Utc>,
    /// By whom.
    #[serde(default)]
    pub prescriber: Option<Reference>,
    /// During which visit.
    #[serde(default)]
    pub encounter: Option<EncounterId>,
    /// Whether the patient takes it now, as far as its source knows, while the order runs.
    #[serde(default, skip_serializing_if = "Intake::is_as_ordered")]
    pub taking: Intake,
    /// What is to be taken besides `dose` and `frequency`, or after them, where the order has several instructions.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub further: Vec<Instruction>,
    /// What else its source says of how it is taken, in words: the low end of a dose, a rate, a limit, what for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub details: Vec<String>,
    /// Nobody ordered it as far as the record knows: somebody said that the patient takes it (FHIR MedicationStatement).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub reported: bool,
}

/// A further instruction of an order (FHIR Dosage).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Instruction {
    /// It follows the one before, instead of holding beside it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub then: bool,
    /// How much at a time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dose: Option<Quantity>,
    /// By which way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub route: Option<CodeableConcept>,
    /// How often, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub frequency: Option<String>,
    /// Given only when needed.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub as_needed: bool,
}

/// Whether a drug of an order that runs is taken now (FHIR R4 medicationrequest-status). Every check counts it either way: it may
/// be taken again any time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Intake {
    /// It is.
    #[default]
    AsOrdered,
    /// Not for now: it is to go on later.
    OnHold,
    /// Its source does not know.
    Unknown,
}

impl Intake {
    /// Whether nothing else is said than that it is taken.
    fn is_as_ordered(&self) -> bool {
        *self == Self::AsOrdered
    }
}

/// How an order ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OrderEnd {
    /// Stopped before its time.
    Stopped,
    /// Taken as ordered.
    Completed,
    /// Withdrawn before it began.
    Cancelled,
}

/// The state of one order.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum MedicationOrder {
    /// Nothing ordered.
    #[default]
    Unordered,
    /// The patient is to take it.
    Active {
        /// What is ordered.
        prescription: Box<Prescription>,
        /// Findings set aside at signing.
        overrides: Vec<Override>,
    },
    /// It ended.
    Ended {
        /// What was ordered.
        prescription: Box<Prescription>,
        /// How.
        how: OrderEnd,
        /// When, if known.
        at: Option<DateTime<Utc>>,
        /// Why, if it was said.
        reason: Option<Remark>,
    },
    /// It never was.
    EnteredInError {
        /// What had been recorded.
        prescription: Box<Prescription>,
    },
}

/// What can happen to an order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type")]
pub enum MedicationOrderEvent {
    /// It was signed.
    MedicationPrescribed {
        /// What is ordered.
        prescription: Box<Prescription>,
        /// Findings set aside.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        overrides: Vec<Override>,
    },
    /// Its source corrected it.
    PrescriptionAmended {
        /// All of it.
        prescription: Box<Prescription>,
    },
    /// It ended.
    MedicationEnded {
        /// How.
        how: OrderEnd,
        /// When, if known.
        at: Option<DateTime<Utc>>,
        /// Why, where somebody said.
        #[serde(default)]
        reason: Option<Remark>,
        /// Whether it was no order, but a drug that the patient was said to take.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        reported: bool,
    },
    /// It was recorded in error.
    MedicationOrderEnteredInError {
        /// Why.
        reason: Remark,
        /// Whether it was no order, but a drug that the patient was said to take.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        reported: bool,
    },
}

/// Why a decision about an order is refused.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum MedicationOrderError {
    /// There is no such order.
    #[error("there is no such medication order")]
    Unordered,
    /// It was signed already.
    #[error("the medication is already ordered")]
    AlreadyOrdered,
    /// It ended or was struck out.
    #[error("the medication order is no longer active")]
    NotActive,
    /// It names no drug.
    #[error("an order names its medication by a code or in words")]
    NoMedication,
    /// Nobody gives nothing, or less.
    #[error("a dose is more than nothing, and this one is {0}")]
    NoDose(Decimal),
    /// It cannot end before it was written.
    #[error("the order cannot end before it was written")]
    EndedBeforeAuthored,
    /// An override names a finding that the check did not make.
    #[error("no finding {0} was made; overrides answer findings")]
    UnknownFinding(String),
}

impl Event for MedicationOrderEvent {
    fn kind(&self) -> &'static str {
        match self {
            Self::MedicationPrescribed { .. } => "pharmacy.medication.prescribed",
            Self::PrescriptionAmended { .. } => "pharmacy.medication.amended",
            Self::MedicationEnded { .. } => "pharmacy.medication.ended",
            Self::MedicationOrderEnteredInError { .. } => "pharmacy.medication.entered-in-error",
        }
    }
    fn fhir_type(&self) -> &'static str {
        match self {
            Self::MedicationPrescribed { prescription, .. } | Self::PrescriptionAmended { prescription }
                if prescription.reported =>
            {
                "MedicationStatement"
            }
            Self::MedicationEnded { reported: true, .. }
            | Self::MedicationOrderEnteredInError { reported: true, .. } => "MedicationStatement",
            Self::MedicationPrescribed { .. }
            | Self::PrescriptionAmended { .. }
            | Self::MedicationEnded { .. }
            | Self::MedicationOrderEnteredInError { .. } => "MedicationRequest",
        }
    }
}

impl EventSourced for MedicationOrder {
    type Id = MedicationOrderId;
    type Event = MedicationOrderEvent;
    type Error = MedicationOrderError;
    const STREAM: StreamType = StreamType::MedicationOrder;

    fn apply(&mut self, event: &MedicationOrderEvent) {
        use MedicationOrderEvent as E;
        *self = match (std::mem::take(self), event) {
            (_, E::MedicationPrescribed { prescription, overrides }) => {
                Self::Active { prescription: prescription.clone(), overrides: overrides.clone() }
            }
            (Self::Active { overrides, .. }, E::PrescriptionAmended { prescription }) => {
                Self::Active { prescription: prescription.clone(), overrides }
            }
            (Self::Ended { how, at, reason, .. }, E::PrescriptionAmended { prescription }) => {
                Self::Ended { prescription: prescription.clone(), how, at, reason }
            }
            (
                Self::Active { prescription, .. } | Self::Ended { prescription, .. },
                E::MedicationEnded { how, at, reason, reported: _ },
            ) => Self::Ended { prescription, how: *how, at: *at, reason: reason.clone() },
            (
                Self::Active { prescription, .. } | Self::Ended { prescription, .. },
                E::MedicationOrderEnteredInError { .. },
            ) => Self::EnteredInError { prescription },
            (unchanged @ (Self::Unordered | Self::EnteredInError { .. }), _) => unchanged,
        };
    }
}
