//! What does not take place: cancelled, missed, held and not taken.

use chrono::{DateTime, Utc};

use super::{Appointment, AppointmentError, AppointmentEvent, Cancellation};
use crate::{id::WaitlistEntryId, scheduling::cancellation::CancellationReason, text::Remark};

impl Appointment {
    /// Calls it off. Who has come may still go unseen.
    ///
    /// # Errors
    /// When it is neither booked nor begun.
    pub fn cancel(
        &self,
        reason: CancellationReason,
        note: Option<Remark>,
        now: DateTime<Utc>,
    ) -> Result<Vec<AppointmentEvent>, AppointmentError> {
        match self {
            Self::Booked { .. } | Self::Arrived { .. } => {
                let cancellation = Cancellation { reason, code: reason.coding(), note, at: now };
                Ok(vec![AppointmentEvent::AppointmentCancelled { cancellation }])
            }
            _ => Err(self.not_now()),
        }
    }

    /// Notes that the patient did not come.
    ///
    /// # Errors
    /// When it is not booked, or has not begun.
    pub fn miss(&self, now: DateTime<Utc>) -> Result<Vec<AppointmentEvent>, AppointmentError> {
        match self {
            Self::Booked { booking } if booking.place.start > now => Err(AppointmentError::NotBegun),
            Self::Booked { .. } => Ok(vec![AppointmentEvent::AppointmentMissed { at: now }]),
            _ => Err(self.not_now()),
        }
    }

    /// Gives back what is held. What is offered to a wish is given back by `answering` it.
    ///
    /// # Errors
    /// When nothing is, or it is offered to another wish.
    pub fn release(
        &self,
        answering: Option<WaitlistEntryId>,
        now: DateTime<Utc>,
    ) -> Result<Vec<AppointmentEvent>, AppointmentError> {
        match self {
            Self::Held { offered_to, .. } if *offered_to != answering => Err(AppointmentError::Offered),
            Self::Held { until, .. } => Ok(vec![AppointmentEvent::HoldReleased { expired: *until <= now, at: now }]),
            _ => Err(self.not_now()),
        }
    }

    /// Gives back what was held for too long.
    ///
    /// # Errors
    /// When nothing is held, or its time is not over.
    pub fn expire(&self, now: DateTime<Utc>) -> Result<Vec<AppointmentEvent>, AppointmentError> {
        match self {
            Self::Held { until, .. } if *until > now => Err(AppointmentError::HoldNotOver),
            Self::Held { offered_to, .. } => self.release(*offered_to, now),
            _ => Err(self.not_now()),
        }
    }
}
