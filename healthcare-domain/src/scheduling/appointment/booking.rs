//! What was agreed: when, with whom, and why it was cancelled.

use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::super::{cancellation::CancellationReason, resource::ResourceKind, zone::Zone};
use crate::{
    code::{CodeableConcept, Coding},
    id::{AppointmentTypeId, ResourceId, SeriesId},
    reference::{Identifier, Reference},
    text::Remark,
};

/// A resource that takes part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
pub struct Participant {
    /// Which.
    pub resource: ResourceId,
    /// What it is.
    pub kind: ResourceKind,
}

/// When and with whom.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Place {
    /// When it begins.
    pub start: DateTime<Utc>,
    /// When it ends.
    pub end: DateTime<Utc>,
    /// The zone of the clock it was agreed by.
    pub time_zone: Zone,
    /// For how long its resources are kept before it, in minutes.
    pub buffer_before_minutes: u16,
    /// For how long its resources are kept after it, in minutes.
    pub buffer_after_minutes: u16,
    /// Who and what it takes.
    pub participants: Vec<Participant>,
    /// Why it was booked over another, where it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub overbooked: Option<Remark>,
}

impl Place {
    /// For how long its resources are kept: the appointment with its buffers.
    pub fn kept(&self) -> (DateTime<Utc>, DateTime<Utc>) {
        let minutes = |count: u16| Duration::minutes(count.into());
        (self.start - minutes(self.buffer_before_minutes), self.end + minutes(self.buffer_after_minutes))
    }
}

/// What was agreed (FHIR Appointment).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Booking {
    /// The type of appointment.
    pub appointment_type: AppointmentTypeId,
    /// What it is called.
    pub title: String,
    /// Why one comes (HL7 v2 table 0276).
    pub kind: Coding,
    /// The service, coded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<CodeableConcept>,
    /// When and with whom.
    #[serde(flatten)]
    pub place: Place,
    /// What it is about, in somebody's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<Remark>,
    /// The series it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub series: Option<SeriesId>,
    /// What another system said of it, where it was agreed there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub elsewhere: Option<Box<Elsewhere>>,
}

impl Booking {
    /// The type of what was agreed in another system: none of this house's, so that nobody of its waitlist is offered it.
    pub const ELSEWHERE: AppointmentTypeId = AppointmentTypeId(uuid::Uuid::nil());
}

/// What another system said of an appointment that was agreed there. It keeps no resource of this house.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = AppointmentElsewhere)]
pub struct Elsewhere {
    /// Its numbers there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub identifiers: Vec<Identifier>,
    /// Why one comes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<CodeableConcept>,
    /// Whom and what it takes there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub participants: Vec<Reference>,
    /// The series it belongs to there, by the name it has there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub series: Option<String>,
}

/// Why it was cancelled.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Cancellation {
    /// The reason.
    pub reason: CancellationReason,
    /// The same as FHIR has it.
    pub code: Coding,
    /// In somebody's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Remark>,
    /// When.
    pub at: DateTime<Utc>,
}
