//! The day of the appointment: the patient comes, and is seen.

use chrono::{DateTime, Duration, Utc};

use super::{Appointment, AppointmentError, AppointmentEvent};

/// How early somebody may come.
const EARLIEST: Duration = Duration::hours(24);

impl Appointment {
    /// Notes that the patient is there.
    ///
    /// # Errors
    /// When it is not booked, or begins in more than a day.
    pub fn check_in(&self, now: DateTime<Utc>) -> Result<Vec<AppointmentEvent>, AppointmentError> {
        match self {
            Self::Booked { booking } if booking.place.start > now + EARLIEST => Err(AppointmentError::TooEarly),
            Self::Booked { .. } => Ok(vec![AppointmentEvent::PatientCheckedIn { at: now }]),
            _ => Err(self.not_now()),
        }
    }

    /// Notes that it took place.
    ///
    /// # Errors
    /// When the patient has not checked in.
    pub fn complete(&self, now: DateTime<Utc>) -> Result<Vec<AppointmentEvent>, AppointmentError> {
        match self {
            Self::Arrived { .. } => Ok(vec![AppointmentEvent::AppointmentCompleted { at: now }]),
            _ => Err(self.not_now()),
        }
    }
}
