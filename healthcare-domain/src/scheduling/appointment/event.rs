//! What can happen to an appointment.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Booking, Cancellation, Place};
use crate::{Event, id::WaitlistEntryId};

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
