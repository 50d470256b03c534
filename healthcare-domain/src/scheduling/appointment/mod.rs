//! Appointments: held, booked, moved, kept or missed.

mod book;
mod cancel;
mod conduct;

pub use book::Hold;

use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{availability::Conflict, cancellation::CancellationReason, resource::ResourceKind, zone::Zone};
use crate::{
    Event, EventSourced, StreamType,
    code::{CodeableConcept, Coding},
    id::{AppointmentId, AppointmentTypeId, ResourceId, SeriesId, WaitlistEntryId},
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

/// An appointment.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum Appointment {
    /// Nobody asked for it.
    #[default]
    Unbooked,
    /// Kept free for somebody for a while.
    Held {
        /// What for.
        booking: Box<Booking>,
        /// Until when.
        until: DateTime<Utc>,
        /// The wish it was offered to, if it was.
        offered_to: Option<WaitlistEntryId>,
    },
    /// Agreed.
    Booked {
        /// What.
        booking: Box<Booking>,
    },
    /// The patient is there.
    Arrived {
        /// What.
        booking: Box<Booking>,
        /// Since when.
        at: DateTime<Utc>,
    },
    /// It took place.
    Completed {
        /// What.
        booking: Box<Booking>,
        /// When it was over.
        at: DateTime<Utc>,
    },
    /// It will not take place.
    Cancelled {
        /// What.
        booking: Box<Booking>,
        /// Why.
        cancellation: Cancellation,
    },
    /// The patient did not come.
    Missed {
        /// What.
        booking: Box<Booking>,
    },
    /// It was held and not taken.
    Released {
        /// What.
        booking: Box<Booking>,
    },
}

/// What can happen to an appointment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type")]
pub enum AppointmentEvent {
    /// A time is kept free for somebody.
    AppointmentHeld {
        /// What for.
        booking: Box<Booking>,
        /// Until when.
        until: DateTime<Utc>,
        /// The wish it is offered to, if it is.
        #[serde(default)]
        offered_to: Option<WaitlistEntryId>,
    },
    /// It is agreed.
    AppointmentBooked {
        /// What.
        booking: Box<Booking>,
    },
    /// It takes place at another time, or with others.
    AppointmentRescheduled {
        /// Where it was.
        from: Box<Place>,
        /// Where it is.
        to: Box<Place>,
    },
    /// The patient is there.
    PatientCheckedIn {
        /// Since when.
        at: DateTime<Utc>,
    },
    /// It took place.
    AppointmentCompleted {
        /// When it was over.
        at: DateTime<Utc>,
    },
    /// It will not take place.
    AppointmentCancelled {
        /// Why.
        cancellation: Cancellation,
    },
    /// The patient did not come.
    AppointmentMissed {
        /// When that was noted.
        at: DateTime<Utc>,
    },
    /// What was kept free is free again.
    HoldReleased {
        /// Whether its time was over.
        expired: bool,
        /// When.
        at: DateTime<Utc>,
    },
}

/// Why a decision about an appointment is refused.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum AppointmentError {
    /// There is no such appointment.
    #[error("there is no such appointment")]
    Unbooked,
    /// It stands where this cannot be done.
    #[error("the appointment is {0}")]
    NotNow(&'static str),
    /// Something is in the way.
    #[error("{} of its resources are not free then", .0.len())]
    Conflicts(Vec<Conflict>),
    /// It begins in the past.
    #[error("the appointment would begin in the past")]
    InThePast,
    /// It begins in more than two years.
    #[error("an appointment begins within two years")]
    TooFar,
    /// It ends before it begins, lasts longer than a day, or takes nobody or somebody twice.
    #[error("an appointment ends after it begins, within a day, and takes each of its resources once")]
    Impossible,
    /// The resources are not those that the type takes.
    #[error("the appointment type takes one resource of each of its kinds")]
    WrongResources,
    /// The hold is over, or would be at once, or lasts longer than a day.
    #[error("a time is held for at most a day")]
    BadHold,
    /// It is held for a wish on the waitlist, which is to be answered.
    #[error("the time is offered to somebody on the waitlist")]
    Offered,
    /// The hold is over.
    #[error("the time is no longer held")]
    HoldOver,
    /// It is not due to end yet.
    #[error("the hold is not over yet")]
    HoldNotOver,
    /// Nobody comes a day too early.
    #[error("a patient checks in on the day of the appointment")]
    TooEarly,
    /// Nobody has missed what has not begun.
    #[error("the appointment has not begun yet")]
    NotBegun,
    /// There is no such type of appointment, or it is no longer offered.
    #[error("there is no such appointment type, or it is no longer offered")]
    NotOffered,
    /// There is no such resource, or it is no longer booked.
    #[error("there is no such resource, or it is retired")]
    NoSuchResource,
}

impl Event for AppointmentEvent {
    fn kind(&self) -> &'static str {
        match self {
            Self::AppointmentHeld { .. } => "appointment.held",
            Self::AppointmentBooked { .. } => "appointment.booked",
            Self::AppointmentRescheduled { .. } => "appointment.rescheduled",
            Self::PatientCheckedIn { .. } => "appointment.checked-in",
            Self::AppointmentCompleted { .. } => "appointment.completed",
            Self::AppointmentCancelled { .. } => "appointment.cancelled",
            Self::AppointmentMissed { .. } => "appointment.missed",
            Self::HoldReleased { .. } => "appointment.released",
        }
    }
    fn fhir_type(&self) -> &'static str {
        "Appointment"
    }
}

impl EventSourced for Appointment {
    type Id = AppointmentId;
    type Event = AppointmentEvent;
    type Error = AppointmentError;
    const STREAM: StreamType = StreamType::Appointment;

    fn apply(&mut self, event: &AppointmentEvent) {
        use AppointmentEvent as E;
        *self = match (std::mem::take(self), event) {
            (_, E::AppointmentHeld { booking, until, offered_to }) => {
                Self::Held { booking: booking.clone(), until: *until, offered_to: *offered_to }
            }
            (_, E::AppointmentBooked { booking }) => Self::Booked { booking: booking.clone() },
            (Self::Booked { mut booking }, E::AppointmentRescheduled { from: _, to }) => {
                booking.place = (**to).clone();
                Self::Booked { booking }
            }
            (Self::Booked { booking }, E::PatientCheckedIn { at }) => Self::Arrived { booking, at: *at },
            (Self::Arrived { booking, .. }, E::AppointmentCompleted { at }) => Self::Completed { booking, at: *at },
            (Self::Booked { booking } | Self::Arrived { booking, .. }, E::AppointmentCancelled { cancellation }) => {
                Self::Cancelled { booking, cancellation: cancellation.clone() }
            }
            (Self::Booked { booking }, E::AppointmentMissed { at: _ }) => Self::Missed { booking },
            (Self::Held { booking, .. }, E::HoldReleased { .. }) => Self::Released { booking },
            // No decision leads there; what happened is never refused.
            (
                unchanged,
                E::AppointmentRescheduled { .. }
                | E::PatientCheckedIn { .. }
                | E::AppointmentCompleted { .. }
                | E::AppointmentCancelled { .. }
                | E::AppointmentMissed { .. }
                | E::HoldReleased { .. },
            ) => unchanged,
        };
    }
}

impl Appointment {
    /// What was agreed or held, whatever became of it.
    pub fn booking(&self) -> Option<&Booking> {
        match self {
            Self::Unbooked => None,
            Self::Held { booking, .. }
            | Self::Booked { booking }
            | Self::Arrived { booking, .. }
            | Self::Completed { booking, .. }
            | Self::Cancelled { booking, .. }
            | Self::Missed { booking }
            | Self::Released { booking } => Some(booking),
        }
    }

    /// Whether it keeps its resources from others. What took place did keep them.
    pub fn keeps(&self) -> bool {
        match self {
            Self::Held { .. } | Self::Booked { .. } | Self::Arrived { .. } | Self::Completed { .. } => true,
            Self::Unbooked | Self::Cancelled { .. } | Self::Missed { .. } | Self::Released { .. } => false,
        }
    }

    /// Where it stands (FHIR AppointmentStatus, with `released` for what was held and not taken).
    pub fn status(&self) -> &'static str {
        match self {
            Self::Unbooked => "unbooked",
            Self::Held { .. } => "pending",
            Self::Booked { .. } => "booked",
            Self::Arrived { .. } => "arrived",
            Self::Completed { .. } => "fulfilled",
            Self::Cancelled { .. } => "cancelled",
            Self::Missed { .. } => "noshow",
            Self::Released { .. } => "released",
        }
    }

    /// Why what is asked for cannot be done where it stands.
    fn not_now(&self) -> AppointmentError {
        match self {
            Self::Unbooked => AppointmentError::Unbooked,
            other => AppointmentError::NotNow(other.status()),
        }
    }
}

#[cfg(test)]
pub(super) mod tests;
