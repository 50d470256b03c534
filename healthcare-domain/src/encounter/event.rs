//! What can happen to a visit, and why a decision about one is refused.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{
    Admission, Diagnosis, DiagnosisUse, DischargeSummary, Disposition, EncounterClass, Participant, ParticipantRole,
    Place, Stage, Triage,
};
use crate::{
    Event,
    id::{AccountId, ProblemId},
    signing::Override,
    text::Remark,
};

/// What can happen to a visit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type")]
pub enum EncounterEvent {
    /// A visit is expected.
    EncounterPlanned {
        /// What is planned; it begins when the patient comes.
        admission: Box<Admission>,
    },
    /// The patient was admitted, or the visit began.
    PatientAdmitted {
        /// How it began.
        admission: Box<Admission>,
        /// How far it had come at once.
        #[serde(default, skip_serializing_if = "Stage::is_in_progress")]
        stage: Stage,
        /// Findings set aside.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        overrides: Vec<Override>,
    },
    /// What is known of its beginning was corrected by its source.
    AdmissionAmended {
        /// All of it.
        admission: Box<Admission>,
    },
    /// Whoever was expected has come.
    PatientArrived {
        /// When.
        at: DateTime<Utc>,
    },
    /// Somebody judged how urgent it is.
    PatientTriaged {
        /// How urgent, and why they came; absent where the source does not say.
        #[serde(default)]
        triage: Option<Triage>,
        /// When.
        at: DateTime<Utc>,
        /// Who did; absent where the source does not say.
        #[serde(default)]
        by: Option<AccountId>,
    },
    /// They are being seen.
    EncounterStarted {
        /// When.
        at: DateTime<Utc>,
        /// Findings set aside.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        overrides: Vec<Override>,
    },
    /// They went away for a while and are to come back.
    LeaveBegun {
        /// When.
        at: DateTime<Utc>,
        /// Until when, as agreed.
        #[serde(default)]
        until: Option<DateTime<Utc>>,
        /// Why.
        #[serde(default)]
        reason: Option<Remark>,
    },
    /// They came back.
    LeaveEnded {
        /// When.
        at: DateTime<Utc>,
    },
    /// The visit goes on as one of another class, e.g. an emergency becomes a stay.
    ClassChanged {
        /// As what.
        class: EncounterClass,
        /// When.
        at: DateTime<Utc>,
        /// Findings set aside.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        overrides: Vec<Override>,
    },
    /// The stay goes on in another place.
    PatientTransferred {
        /// Where.
        #[serde(flatten)]
        place: Place,
        /// When.
        at: DateTime<Utc>,
    },
    /// Somebody takes part in it.
    ParticipantJoined {
        /// Who, as what, since when.
        participant: Participant,
    },
    /// Somebody no longer does.
    ParticipantLeft {
        /// Who.
        account: AccountId,
        /// As what they took part.
        role: ParticipantRole,
        /// When.
        at: DateTime<Utc>,
    },
    /// A condition is a diagnosis of this visit.
    DiagnosisListed {
        /// Which, for what, in which place.
        diagnosis: Diagnosis,
        /// Whether the condition was known before; else it was recorded as a diagnosis in the same moment.
        #[serde(default)]
        known: bool,
    },
    /// A diagnosis took another place among those of its use.
    DiagnosisRanked {
        /// The condition.
        problem: ProblemId,
        /// For what it is listed.
        used: DiagnosisUse,
        /// Its place, from 1.
        rank: u16,
    },
    /// A condition is no diagnosis of this visit.
    DiagnosisRemoved {
        /// The condition.
        problem: ProblemId,
        /// For what it was listed.
        used: DiagnosisUse,
        /// Why.
        reason: Remark,
    },
    /// The summary of the stay was written, or written anew.
    DischargeSummaryWritten {
        /// All of it.
        summary: Box<DischargeSummary>,
        /// Who wrote it; absent where the source does not say.
        #[serde(default)]
        by: Option<AccountId>,
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
    /// It was called off before anybody was seen.
    EncounterCancelled {
        /// Why.
        reason: Remark,
        /// When.
        at: DateTime<Utc>,
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
    /// It stands where this cannot be done; its FHIR status.
    #[error("the encounter is {0}, and this cannot be done now")]
    NotNow(&'static str),
    /// An encounter does not end before it began.
    #[error("the time lies before the admission at {0}")]
    BeforeAdmission(DateTime<Utc>),
    /// Something is known to have happened later.
    #[error("the time lies before what happened last, at {0}")]
    OutOfOrder(DateTime<Utc>),
    /// It begins in the future.
    #[error("the time lies in the future")]
    InTheFuture,
    /// A visit of this class does not become one of that.
    #[error("an encounter of this class does not become one of that class")]
    ClassNotThence,
    /// Somebody takes part in that role already.
    #[error("they take part in that role already")]
    AlreadyParticipant,
    /// They do not take part in that role.
    #[error("they do not take part in that role")]
    NotParticipant,
    /// The condition is listed for that use already.
    #[error("the condition is listed for that use already")]
    AlreadyListed,
    /// The condition is not listed for that use.
    #[error("the condition is not listed for that use")]
    NotListed,
    /// A rank lies within the list.
    #[error("a rank lies between 1 and the number of diagnoses of that use")]
    NoSuchRank,
    /// There are as many as a visit holds.
    #[error("a visit holds at most 200 of them")]
    TooMany,
    /// A triage level is 1 to 5.
    #[error("a triage level lies between 1 and 5")]
    NoSuchLevel,
    /// The ward asks for a summary before anybody leaves.
    #[error("the ward asks for a discharge summary, and there is none")]
    NoSummary,
    /// The ward asks for a principal discharge diagnosis before anybody leaves.
    #[error("the ward asks for a principal discharge diagnosis, and there is none")]
    NoDiagnosis,
    /// Only who has begun to be seen goes home.
    #[error("nobody has seen the patient yet: they can leave, die or be sent on, but not be sent home")]
    NotSeenYet,
    /// Who is on leave comes back first, unless they do not.
    #[error("the patient is on leave: they come back first, unless they left for good or died")]
    OnLeave,
    /// A bed stands in a ward, under the name given.
    #[error("the bed stands elsewhere, or in no ward")]
    BedElsewhere,
    /// There is no such bed in the ward.
    #[error("the ward has no such bed")]
    NoSuchBed,
    /// The house has wards, and none of that name.
    #[error("the house has no such ward")]
    NoSuchWard,
    /// Nobody dies before they are born.
    #[error("the death lies before the patient's birth")]
    DiedBeforeBirth,
    /// A visit that comes and goes holds no bed.
    #[error("a visit of this class holds no bed")]
    HoldsNoBed,
}

impl Event for EncounterEvent {
    fn kind(&self) -> &'static str {
        match self {
            Self::EncounterPlanned { .. } => "encounter.planned",
            Self::PatientAdmitted { stage: Stage::Arrived, .. } | Self::PatientArrived { .. } => "encounter.arrived",
            Self::PatientAdmitted { .. } | Self::EncounterStarted { .. } => "encounter.started",
            Self::AdmissionAmended { .. } => "encounter.amended",
            Self::PatientTriaged { .. } => "encounter.triaged",
            Self::LeaveBegun { .. } => "encounter.leave-begun",
            Self::LeaveEnded { .. } => "encounter.leave-ended",
            Self::ClassChanged { .. } => "encounter.class-changed",
            Self::PatientTransferred { .. } => "encounter.transferred",
            Self::ParticipantJoined { .. } => "encounter.participant-joined",
            Self::ParticipantLeft { .. } => "encounter.participant-left",
            Self::DiagnosisListed { known: true, .. } => "encounter.diagnosis.added",
            Self::DiagnosisListed { known: false, .. } | Self::DiagnosisRanked { .. } => "encounter.diagnosis.ranked",
            Self::DiagnosisRemoved { .. } => "encounter.diagnosis.removed",
            Self::DischargeSummaryWritten { .. } => "encounter.summary-written",
            Self::PatientDischarged { .. } => "encounter.completed",
            Self::EncounterCancelled { .. } => "encounter.cancelled",
            Self::EncounterEnteredInError { .. } => "encounter.entered-in-error",
        }
    }
    fn fhir_type(&self) -> &'static str {
        "Encounter"
    }
}
