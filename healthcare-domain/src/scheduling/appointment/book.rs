//! Holding, booking, moving.

use chrono::{DateTime, Duration, Utc};

use super::{Appointment, AppointmentError, AppointmentEvent, Booking, Place};
use crate::{
    id::WaitlistEntryId,
    scheduling::availability::{Conflict, Obstacle},
};

/// How late what began without an appointment may be put down.
const WALK_IN: Duration = Duration::minutes(15);
/// How long a time is held at most.
const LONGEST_HOLD: Duration = Duration::days(1);

/// A time that is kept free: until when, and for which wish if it is offered to one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hold {
    /// Until when.
    pub until: DateTime<Utc>,
    /// The wish it is offered to.
    pub offered_to: Option<WaitlistEntryId>,
}

impl Appointment {
    /// Keeps a time free for a while. `conflicts` is what is in the way now.
    ///
    /// # Errors
    /// When it was asked for before, something is in the way, or the times cannot be.
    pub fn hold(
        &self,
        booking: Booking,
        hold: Hold,
        conflicts: &[Conflict],
        now: DateTime<Utc>,
    ) -> Result<Vec<AppointmentEvent>, AppointmentError> {
        if *self != Self::Unbooked {
            return Err(self.not_now());
        }
        possible(&booking.place, now)?;
        if hold.until <= now || hold.until > now + LONGEST_HOLD {
            return Err(AppointmentError::BadHold);
        }
        free(&booking.place, conflicts)?;
        let Hold { until, offered_to } = hold;
        Ok(vec![AppointmentEvent::AppointmentHeld { booking: Box::new(booking), until, offered_to }])
    }

    /// Books it. `conflicts` is what is in the way now; a place that says why it is overbooked may be booked over it.
    ///
    /// # Errors
    /// When it was asked for before, something is in the way, or the times cannot be.
    pub fn book(
        &self,
        booking: Booking,
        conflicts: &[Conflict],
        now: DateTime<Utc>,
    ) -> Result<Vec<AppointmentEvent>, AppointmentError> {
        if *self != Self::Unbooked {
            return Err(self.not_now());
        }
        possible(&booking.place, now)?;
        free(&booking.place, conflicts)?;
        Ok(vec![AppointmentEvent::AppointmentBooked { booking: Box::new(booking) }])
    }

    /// Takes the time that is held. What is offered to a wish is taken by `answering` it. `conflicts` is what is in the
    /// way by now: a resource that closed since, or is there at other hours. What was booked over the hold, with a
    /// reason, does not undo it.
    ///
    /// # Errors
    /// When none is, or no longer, it is offered to another wish, or its resources are not there then.
    pub fn confirm(
        &self,
        answering: Option<WaitlistEntryId>,
        conflicts: &[Conflict],
        now: DateTime<Utc>,
    ) -> Result<Vec<AppointmentEvent>, AppointmentError> {
        match self {
            Self::Held { offered_to, .. } if *offered_to != answering => Err(AppointmentError::Offered),
            Self::Held { until, .. } if *until <= now => Err(AppointmentError::HoldOver),
            Self::Held { booking, .. } => {
                let over_it = |one: &&Conflict| matches!(one.obstacle, Obstacle::Taken(_));
                let since: Vec<Conflict> = conflicts.iter().filter(|one| !over_it(one)).copied().collect();
                free(&booking.place, &since)?;
                Ok(vec![AppointmentEvent::AppointmentBooked { booking: booking.clone() }])
            }
            _ => Err(self.not_now()),
        }
    }

    /// Moves it. `conflicts` is what is in the way there, itself not counted. The same place is no change.
    ///
    /// # Errors
    /// When it is not booked, something is in the way, or the times cannot be.
    pub fn reschedule(
        &self,
        to: Place,
        conflicts: &[Conflict],
        now: DateTime<Utc>,
    ) -> Result<Vec<AppointmentEvent>, AppointmentError> {
        let Self::Booked { booking } = self else { return Err(self.not_now()) };
        if booking.place == to {
            return Ok(vec![]);
        }
        possible(&to, now)?;
        free(&to, conflicts)?;
        Ok(vec![AppointmentEvent::AppointmentRescheduled { from: Box::new(booking.place.clone()), to: Box::new(to) }])
    }
}

/// Whether there can be such an appointment.
fn possible(place: &Place, now: DateTime<Utc>) -> Result<(), AppointmentError> {
    let mut taken: Vec<_> = place.participants.iter().map(|one| one.resource).collect();
    taken.sort_unstable();
    taken.dedup();
    let lasts = place.end - place.start;
    if taken.is_empty()
        || taken.len() != place.participants.len()
        || lasts <= Duration::zero()
        || lasts > Duration::days(1)
    {
        return Err(AppointmentError::Impossible);
    }
    if place.start < now - WALK_IN {
        return Err(AppointmentError::InThePast);
    }
    if place.start > now + Duration::days(731) { Err(AppointmentError::TooFar) } else { Ok(()) }
}

fn free(place: &Place, conflicts: &[Conflict]) -> Result<(), AppointmentError> {
    if conflicts.is_empty() || place.overbooked.is_some() {
        Ok(())
    } else {
        Err(AppointmentError::Conflicts(conflicts.to_vec()))
    }
}
