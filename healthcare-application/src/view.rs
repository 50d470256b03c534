//! What a reader sees of each aggregate. The view is the answer: it is rendered when the event is stored, and read as
//! it stands. The chart of an earlier day is rendered by the same code from the same fold.

mod encounter;
mod note;
mod patient;
mod plan;
mod render;
mod scheduling;

pub use note::whole_note;
pub use render::{Of, rows};

use chrono::{DateTime, Utc};
use healthcare_domain::{StreamType, id::PatientId};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// An entry of the record with its identity, version (the `ETag`) and status.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct View<C> {
    /// Its identity.
    pub id: Uuid,
    /// Its version, as in `ETag` and `If-Match`.
    pub version: i32,
    /// Where it stands, e.g. `active`, `resolved`, `entered-in-error`.
    pub status: &'static str,
    /// The patient, if it is about one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub patient: Option<PatientId>,
    /// What it says.
    #[serde(flatten)]
    pub content: C,
}

/// What an entry holds that brings FHIR's own status: it stands under a name of its own.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Holding<C> {
    /// What it says.
    pub content: C,
}

/// The sections a chart has, and the other kinds of entry that are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// Demographics.
    Patient,
    /// What was consented to, or refused.
    Consent,
    /// Allergies, and statements that there are none.
    Allergy,
    /// The problem list.
    Problem,
    /// Orders of medication.
    Medication,
    /// Vital signs, one row a sign.
    Vital,
    /// Laboratory results.
    Laboratory,
    /// Other observations.
    Observation,
    /// Visits and stays.
    Encounter,
    /// Procedures.
    Procedure,
    /// Immunisations.
    Immunization,
    /// The health of a patient's relatives.
    FamilyHistory,
    /// How a patient lives.
    SocialHistory,
    /// Wards.
    Ward,
    /// Beds.
    Bed,
    /// Care plans.
    Plan,
    /// Goals that another system keeps apart from any plan.
    Goal,
    /// Notes that were signed, in brief.
    Note,
    /// Notes that are being written, in brief: their authors', and those who are to co-sign.
    NoteDraft,
    /// Templates of notes and plans.
    Template,
    /// Diagnostic reports.
    Report,
    /// Alerts.
    Alert,
    /// Suggestions.
    Suggestion,
    /// Resources kept whole.
    External,
    /// Devices.
    Device,
    /// Practitioners.
    Practitioner,
    /// Organisations.
    Organization,
    /// Sets of vital signs as they were charted.
    VitalsSet,
    /// Accounts.
    Account,
    /// Early warning scores, as they last changed.
    Score,
    /// Scores that were computed and put on record.
    CalculatedScore,
    /// Alarm limits set for a patient.
    AlarmLimits,
    /// Practitioners, rooms and devices that can be booked.
    Resource,
    /// Types of appointment.
    AppointmentType,
    /// Appointments, held or booked.
    Appointment,
    /// Wishes for an earlier appointment.
    Waitlist,
}

impl Kind {
    /// The kind of stream that its rows come from.
    pub const fn stream(self) -> StreamType {
        match self {
            Self::Patient => StreamType::Patient,
            Self::Consent => StreamType::Consent,
            Self::Allergy => StreamType::Allergy,
            Self::Problem => StreamType::Problem,
            Self::Medication => StreamType::MedicationOrder,
            Self::Vital | Self::VitalsSet => StreamType::Vitals,
            Self::Laboratory | Self::Observation | Self::SocialHistory => StreamType::Observation,
            Self::Encounter => StreamType::Encounter,
            Self::Procedure => StreamType::Procedure,
            Self::Immunization => StreamType::Immunization,
            Self::FamilyHistory => StreamType::FamilyHistory,
            Self::Ward => StreamType::Ward,
            Self::Bed => StreamType::Bed,
            Self::Plan => StreamType::Plan,
            Self::Goal => StreamType::Goal,
            Self::Note | Self::NoteDraft => StreamType::Note,
            Self::Template => StreamType::Template,
            Self::Report => StreamType::Report,
            Self::Alert => StreamType::Alert,
            Self::Suggestion => StreamType::Suggestion,
            Self::External => StreamType::ExternalRecord,
            Self::Device => StreamType::Device,
            Self::Practitioner => StreamType::Practitioner,
            Self::Organization => StreamType::Organization,
            Self::Account => StreamType::Account,
            Self::Score => StreamType::Score,
            Self::CalculatedScore => StreamType::CalculatedScore,
            Self::AlarmLimits => StreamType::AlarmLimits,
            Self::Resource => StreamType::Resource,
            Self::AppointmentType => StreamType::AppointmentType,
            Self::Appointment => StreamType::Appointment,
            Self::Waitlist => StreamType::WaitlistEntry,
        }
    }

    /// All kinds.
    pub const ALL: [Self; 36] = [
        Self::Patient,
        Self::Consent,
        Self::Allergy,
        Self::Problem,
        Self::Medication,
        Self::Vital,
        Self::Laboratory,
        Self::Observation,
        Self::Encounter,
        Self::Procedure,
        Self::Immunization,
        Self::FamilyHistory,
        Self::SocialHistory,
        Self::Ward,
        Self::Bed,
        Self::Plan,
        Self::Goal,
        Self::Note,
        Self::NoteDraft,
        Self::Template,
        Self::Report,
        Self::Alert,
        Self::Suggestion,
        Self::External,
        Self::Device,
        Self::Practitioner,
        Self::Organization,
        Self::VitalsSet,
        Self::Account,
        Self::Score,
        Self::CalculatedScore,
        Self::AlarmLimits,
        Self::Resource,
        Self::AppointmentType,
        Self::Appointment,
        Self::Waitlist,
    ];

    /// The name it is stored and listed under.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Patient => "patient",
            Self::Consent => "consent",
            Self::Allergy => "allergy",
            Self::Problem => "problem",
            Self::Medication => "medication",
            Self::Vital => "vital",
            Self::Laboratory => "laboratory",
            Self::Observation => "observation",
            Self::Encounter => "encounter",
            Self::Procedure => "procedure",
            Self::Immunization => "immunization",
            Self::FamilyHistory => "family_history",
            Self::SocialHistory => "social_history",
            Self::Ward => "ward",
            Self::Bed => "bed",
            Self::Plan => "plan",
            Self::Goal => "goal",
            Self::Note => "note",
            Self::NoteDraft => "note_draft",
            Self::Template => "template",
            Self::Report => "report",
            Self::Alert => "alert",
            Self::Suggestion => "suggestion",
            Self::External => "external",
            Self::Device => "device",
            Self::Practitioner => "practitioner",
            Self::Organization => "organization",
            Self::VitalsSet => "vitals_set",
            Self::Account => "account",
            Self::Score => "score",
            Self::CalculatedScore => "calculated_score",
            Self::AlarmLimits => "alarm_limits",
            Self::Resource => "resource",
            Self::AppointmentType => "appointment_type",
            Self::Appointment => "appointment",
            Self::Waitlist => "waitlist",
        }
    }
}

/// The text names no kind of entry.
#[derive(Debug, thiserror::Error)]
#[error("no such kind of entry")]
pub struct UnknownKind;

impl std::str::FromStr for Kind {
    type Err = UnknownKind;
    fn from_str(text: &str) -> Result<Self, UnknownKind> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text).ok_or(UnknownKind)
    }
}

/// A row of the read model: one entry, or one part of one.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// The kind of entry.
    pub kind: Kind,
    /// The stream it comes from.
    pub id: Uuid,
    /// The part of it, from 0, where one stream fills several rows.
    pub item: i16,
    /// The patient, if it is about one.
    pub patient: Option<PatientId>,
    /// The version of the stream.
    pub version: i32,
    /// Whether it counts now: an active problem, an unread result, an open visit.
    pub active: bool,
    /// Whether it was struck out; it is then in no list but the history.
    pub struck: bool,
    /// What lists sort by, newest first.
    pub at: DateTime<Utc>,
    /// The code it is grouped by, where it is (the LOINC code of a vital sign).
    pub code: Option<String>,
    /// The view, as JSON.
    pub body: String,
}
