//! Visits and stays.

mod admit;
mod discharge;
mod transfer;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    Event, EventSourced, StreamType,
    code::CodeableConcept,
    id::EncounterId,
    reference::{Identifier, Reference},
    text::Remark,
};

/// How a visit began (FHIR Encounter).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Admission {
    /// What the source calls it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub identifiers: Vec<Identifier>,
    /// Ambulatory, emergency, inpatient …
    pub class: EncounterClass,
    /// What kind of visit.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub types: Vec<CodeableConcept>,
    /// Why they came.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<CodeableConcept>,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// The ward, for a stay.
    #[serde(default)]
    pub ward: Option<String>,
    /// The bed, for a stay.
    #[serde(default)]
    pub bed: Option<String>,
    /// The organisation that provides it.
    #[serde(default)]
    pub provider: Option<Reference>,
}

/// HL7 v3 ActEncounterCode, the classes the record tells apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum EncounterClass {
    /// AMB: comes and goes.
    Ambulatory,
    /// EMER: the emergency department.
    Emergency,
    /// IMP: stays.
    Inpatient,
    /// OBSENC, SS: stays for hours.
    Observation,
    /// HH: at home.
    Home,
    /// VR: by telephone or video.
    Virtual,
    /// Any other class.
    Other,
}

/// Where a patient goes at the end (FHIR discharge-disposition).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Disposition {
    /// Home.
    Home,
    /// Another hospital.
    OtherHcf,
    /// A hospice.
    Hosp,
    /// Long-term care.
    Long,
    /// Left against advice.
    Aadvice,
    /// Died.
    Exp,
    /// Psychiatric hospital.
    Psy,
    /// Rehabilitation.
    Rehab,
    /// Skilled nursing facility.
    Snf,
    /// Another place.
    Oth,
    /// The source does not say.
    Unknown,
}

/// A visit or stay.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum Encounter {
    /// Nobody was admitted.
    #[default]
    NotAdmitted,
    /// Under way.
    Admitted {
        /// How it began.
        admission: Box<Admission>,
    },
    /// Over.
    Discharged {
        /// How it began.
        admission: Box<Admission>,
        /// When it ended; some imported visits do not say.
        at: Option<DateTime<Utc>>,
        /// Where to.
        disposition: Disposition,
    },
    /// Never took place.
    EnteredInError {
        /// What had been recorded.
        admission: Box<Admission>,
    },
}

/// What can happen to a visit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type")]
pub enum EncounterEvent {
    /// The patient was admitted, or the visit began.
    PatientAdmitted {
        /// How it began.
        admission: Box<Admission>,
    },
    /// What is known of its beginning was corrected by its source.
    AdmissionAmended {
        /// All of it.
        admission: Box<Admission>,
    },
    /// The stay goes on in another place.
    PatientTransferred {
        /// The ward.
        ward: String,
        /// The bed, if known.
        bed: Option<String>,
        /// When.
        at: DateTime<Utc>,
    },
    /// The visit ended.
    PatientDischarged {
        /// Where to.
        disposition: Disposition,
        /// When, if known.
        at: Option<DateTime<Utc>>,
    },
    /// It never took place.
    EncounterEnteredInError {
        /// Why.
        reason: Remark,
    },
}

/// Why a decision about a visit is refused.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum EncounterError {
    /// There is no such visit.
    #[error("there is no such encounter")]
    NotAdmitted,
    /// It began already.
    #[error("the patient is already admitted under this encounter")]
    AlreadyAdmitted,
    /// It is over.
    #[error("the encounter has already ended")]
    AlreadyDischarged,
    /// It never took place.
    #[error("the encounter is marked as entered in error")]
    EnteredInError,
    /// An encounter does not end before it began.
    #[error("the discharge lies before the admission at {0}")]
    BeforeAdmission(DateTime<Utc>),
    /// It begins in the future.
    #[error("the time lies in the future")]
    InTheFuture,
}

impl Event for EncounterEvent {
    fn kind(&self) -> &'static str {
        match self {
            Self::PatientAdmitted { .. } => "encounter.started",
            Self::AdmissionAmended { .. } => "encounter.amended",
            Self::PatientTransferred { .. } => "encounter.transferred",
            Self::PatientDischarged { .. } => "encounter.completed",
            Self::EncounterEnteredInError { .. } => "encounter.entered-in-error",
        }
    }
    fn fhir_type(&self) -> &'static str {
        "Encounter"
    }
}

impl EventSourced for Encounter {
    type Id = EncounterId;
    type Event = EncounterEvent;
    type Error = EncounterError;
    const STREAM: StreamType = StreamType::Encounter;

    fn apply(&mut self, event: &EncounterEvent) {
        *self = match (std::mem::take(self), event) {
            (Self::Discharged { at, disposition, .. }, EncounterEvent::AdmissionAmended { admission }) => {
                Self::Discharged { admission: admission.clone(), at, disposition }
            }
            (_, EncounterEvent::PatientAdmitted { admission } | EncounterEvent::AdmissionAmended { admission }) => {
                Self::Admitted { admission: admission.clone() }
            }
            (Self::Admitted { mut admission }, EncounterEvent::PatientTransferred { ward, bed, at: _ }) => {
                admission.ward = Some(ward.clone());
                admission.bed.clone_from(bed);
                Self::Admitted { admission }
            }
            (unchanged, EncounterEvent::PatientTransferred { .. }) => unchanged,
            (
                Self::Admitted { admission } | Self::Discharged { admission, .. },
                EncounterEvent::PatientDischarged { disposition, at },
            ) => Self::Discharged { admission, at: *at, disposition: *disposition },
            (
                Self::Admitted { admission } | Self::Discharged { admission, .. },
                EncounterEvent::EncounterEnteredInError { .. },
            ) => Self::EnteredInError { admission },
            (
                unchanged @ (Self::NotAdmitted | Self::EnteredInError { .. }),
                EncounterEvent::PatientDischarged { .. } | EncounterEvent::EncounterEnteredInError { .. },
            ) => unchanged,
        };
    }
}

impl Encounter {
    /// Whether something may be charted in it now.
    ///
    /// # Errors
    /// When it never began, is over, or was struck out.
    pub fn ensure_open(&self) -> Result<&Admission, EncounterError> {
        match self {
            Self::NotAdmitted => Err(EncounterError::NotAdmitted),
            Self::Admitted { admission } => Ok(admission),
            Self::Discharged { .. } => Err(EncounterError::AlreadyDischarged),
            Self::EnteredInError { .. } => Err(EncounterError::EnteredInError),
        }
    }
}
