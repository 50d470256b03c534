//! Appointments: held, booked, moved, kept or missed.

mod book;
mod booking;
mod cancel;
mod conduct;
mod event;

pub use book::Hold;
pub use booking::{Booking, Cancellation, Elsewhere, Participant, Place};
pub use event::AppointmentEvent;

use chrono::{DateTime, Utc};

use super::availability::Conflict;
use crate::{
    EventSourced, StreamType,
    id::{AppointmentId, WaitlistEntryId},
};

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
