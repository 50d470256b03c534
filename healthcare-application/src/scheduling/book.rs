//! Holds or books a time.

use chrono::{DateTime, Duration, Utc};
use healthcare_domain::{
    id::{AppointmentId, AppointmentTypeId, PatientId, ResourceId, SeriesId, WaitlistEntryId},
    scheduling::{
        appointment::{Appointment, AppointmentError, AppointmentEvent, Booking, Hold, Participant, Place},
        resource::Schedule,
        service::ServiceProfile,
        zone::Zone,
    },
    text::Remark,
};

use super::facts::{ATTEMPTS, BookingError, Facts, offered, schedules, somebody_was_faster};
use crate::{
    App, CommandError,
    access::{Call, Permission, Permit},
    store::Committed,
    transact::{Loaded, Target, replay, transact_from},
};

/// Book an appointment, or hold its time.
#[derive(Debug, Clone)]
pub struct BookAppointment {
    /// For whom.
    pub patient: PatientId,
    /// Of which type.
    pub appointment_type: AppointmentTypeId,
    /// When it begins.
    pub start: DateTime<Utc>,
    /// With whom: of each kind as many resources as the type takes.
    pub resources: Vec<ResourceId>,
    /// Why it is booked over another, if it is.
    pub overbook: Option<Remark>,
    /// What it is about.
    pub comment: Option<Remark>,
    /// For how long the time is only held.
    pub hold: Option<Duration>,
}

/// Books an appointment, or holds its time, where all its resources are free. What is in the way is told whole.
///
/// # Errors
/// When the caller may not, something is in the way, the times cannot be, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(patient.id = %cmd.patient))]
pub async fn book_appointment(app: &App, call: &Call, cmd: BookAppointment) -> Result<Committed, BookingError> {
    let permission = if cmd.overbook.is_some() { Permission::OverbookAppointment } else { Permission::BookAppointment };
    let permit = app.authorise(call, permission, Some(cmd.patient)).await?;
    if let Some(answer) = replay(app, call).await? {
        return Ok(answer);
    }
    app.ensure_patient::<AppointmentError>(cmd.patient).await?;
    let profile = offered(app, &permit, cmd.appointment_type).await?;
    let schedules = schedules(app, &permit, &cmd.resources).await?;
    let participants = Facts::participants(&schedules, &cmd.resources, &profile).map_err(super::facts::refused)?;
    let zone = zone_of(&schedules, &participants);
    let place = place(&profile, cmd.start, participants, zone, cmd.overbook);
    let booking = booking(cmd.appointment_type, &profile, place, cmd.comment, None);
    let hold = cmd.hold.map(|lasts| Hold { until: app.clock.now() + lasts, offered_to: None });
    store(app, call, &permit, cmd.patient, &booking, hold).await
}

/// Stores a booking or a hold under a new identity, unless something is in the way.
pub(super) async fn store(
    app: &App,
    call: &Call,
    permit: &Permit,
    patient: PatientId,
    booking: &Booking,
    hold: Option<Hold>,
) -> Result<Committed, BookingError> {
    let mut attempt = 0;
    loop {
        attempt += 1;
        let facts = Facts::of(app, permit, &[&booking.place]).await?;
        let conflicts = facts.conflicts(&booking.place, booking.appointment_type, &[]);
        let now = app.clock.now();
        let decide = |state: &Appointment| -> Result<Vec<AppointmentEvent>, AppointmentError> {
            match hold {
                Some(hold) => state.hold(booking.clone(), hold, &conflicts, now),
                None => state.book(booking.clone(), &conflicts, now),
            }
        };
        let target = Target::of(AppointmentId(app.clock.new_id()), patient, now);
        match transact_from(app, permit, call, target, Loaded::unwritten(), decide).await {
            Ok(committed) => return Ok(committed),
            Err(CommandError::Refused(AppointmentError::Conflicts(all))) => {
                return Err(facts.told(app, call, permit, all).await?);
            }
            Err(error) if somebody_was_faster(&error) && attempt < ATTEMPTS => {}
            Err(error) => return Err(error.into()),
        }
    }
}

/// The zone of the clock that people agree by: that of the first participant, of the kind that the type names first.
pub(super) fn zone_of(
    schedules: &std::collections::HashMap<ResourceId, Schedule>,
    participants: &[Participant],
) -> Zone {
    let first = participants.first().and_then(|one| schedules.get(&one.resource));
    first.map_or(Zone::UTC, |schedule| schedule.profile.time_zone)
}

/// The place of an appointment of a type.
pub(super) fn place(
    profile: &ServiceProfile,
    start: DateTime<Utc>,
    participants: Vec<Participant>,
    time_zone: Zone,
    overbooked: Option<Remark>,
) -> Place {
    Place {
        start,
        end: start + Duration::minutes(profile.duration_minutes.into()),
        time_zone,
        buffer_before_minutes: profile.buffer_before_minutes,
        buffer_after_minutes: profile.buffer_after_minutes,
        participants,
        overbooked,
    }
}

/// What is agreed of an appointment of a type.
pub(super) fn booking(
    appointment_type: AppointmentTypeId,
    profile: &ServiceProfile,
    place: Place,
    comment: Option<Remark>,
    series: Option<SeriesId>,
) -> Booking {
    Booking {
        appointment_type,
        title: profile.name.clone(),
        kind: profile.kind.coding(),
        service: profile.service.clone(),
        place,
        comment,
        series,
        elsewhere: None,
    }
}

/// A hold for a wish on the waitlist.
pub(super) fn hold_for(entry: WaitlistEntryId, until: DateTime<Utc>) -> Hold {
    Hold { until, offered_to: Some(entry) }
}
