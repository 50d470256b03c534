//! Recurring appointments: booked all or nothing, called off one, following or all.

use chrono::{DateTime, Duration, Utc};
use healthcare_domain::{
    id::{AppointmentId, AppointmentTypeId, PatientId, ResourceId, SeriesId},
    scheduling::{
        appointment::{Appointment, AppointmentError, Booking, Place},
        availability::{Stretch, overlap},
        cancellation::CancellationReason,
    },
    text::Remark,
};

use super::{
    book::{booking, place, zone_of},
    facts::{ATTEMPTS, BookingError, Facts, offered, refused, schedules, somebody_was_faster},
    reschedule::{Scope, meant, together},
};
use crate::{
    App, CommandError,
    access::{Call, Permission, Permit},
    store::Committed,
    transact::{Loaded, Target, replay},
};

/// Book a series.
#[derive(Debug, Clone)]
pub struct BookSeries {
    /// For whom.
    pub patient: PatientId,
    /// Of which type.
    pub appointment_type: AppointmentTypeId,
    /// When the first begins. The others begin at the same time by the clock on the wall.
    pub start: DateTime<Utc>,
    /// Days between two of them.
    pub every_days: u16,
    /// How many there are.
    pub count: u16,
    /// With whom.
    pub resources: Vec<ResourceId>,
    /// What they are about.
    pub comment: Option<Remark>,
}

/// Books all appointments of a series, or none. What is in the way of any is told.
///
/// # Errors
/// When the caller may not, something is in the way, the times cannot be, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(patient.id = %cmd.patient))]
pub async fn book_series(app: &App, call: &Call, cmd: BookSeries) -> Result<Committed, BookingError> {
    let permit = app.authorise(call, Permission::BookAppointment, Some(cmd.patient)).await?;
    if let Some(answer) = replay(app, call).await? {
        return Ok(answer);
    }
    app.ensure_patient::<AppointmentError>(cmd.patient).await?;
    let profile = offered(app, &permit, cmd.appointment_type).await?;
    let schedules = schedules(app, &permit, &cmd.resources).await?;
    let participants = Facts::participants(&schedules, &cmd.resources, &profile).map_err(refused)?;
    let zone = zone_of(&schedules, &participants);
    let series = SeriesId(app.clock.new_id());
    let first = zone.local(cmd.start);
    let bookings: Vec<Booking> = (0..cmd.count)
        .map(|n| {
            let local = first + Duration::days(i64::from(n) * i64::from(cmd.every_days));
            let start = if n == 0 { cmd.start } else { zone.begins(local) };
            let place = place(&profile, start, participants.clone(), zone, None);
            booking(cmd.appointment_type, &profile, place, cmd.comment.clone(), Some(series))
        })
        .collect();
    let kept: Vec<Stretch> = bookings.iter().map(|one| one.place.kept()).collect();
    // No resource is with two of its own appointments: a day on which the clocks are put forward is short.
    if kept.windows(2).any(|two| overlap(two[0], two[1])) {
        permit.recorded().await?;
        return Err(refused(AppointmentError::Impossible));
    }
    let mut attempt = 0;
    loop {
        attempt += 1;
        match once(app, call, &permit, cmd.patient, (series, &bookings)).await {
            Err(BookingError::Command(error)) if somebody_was_faster(&error) && attempt < ATTEMPTS => {}
            other => return other,
        }
    }
}

async fn once(
    app: &App,
    call: &Call,
    permit: &Permit,
    patient: PatientId,
    (series, bookings): (SeriesId, &[Booking]),
) -> Result<Committed, BookingError> {
    let now = app.clock.now();
    let places: Vec<&Place> = bookings.iter().map(|one| &one.place).collect();
    let facts = Facts::of(app, permit, &places).await?;
    let (mut in_the_way, mut changes, mut booked) = (vec![], vec![], vec![]);
    for booking in bookings {
        let conflicts = facts.conflicts(&booking.place, booking.appointment_type, &[]);
        match Appointment::Unbooked.book(booking.clone(), &conflicts, now) {
            Ok(events) => {
                let id = AppointmentId(app.clock.new_id());
                booked.push(id);
                changes.push(app.change::<Appointment>(&Target::of(id, patient, now), &Loaded::unwritten(), events));
            }
            Err(AppointmentError::Conflicts(all)) => in_the_way.extend(all),
            Err(refusal) => {
                permit.recorded().await?;
                return Err(refused(refusal));
            }
        }
    }
    if !in_the_way.is_empty() {
        return Err(facts.told(app, call, permit, in_the_way).await?);
    }
    let extra = Some(serde_json::json!({ "appointments": booked }));
    together(app, call, permit, changes, Committed { id: series.0, version: 1, extra, replayed: false }).await
}

/// Calls off an appointment and others of its series, all or nothing.
///
/// # Errors
/// When the caller may not, it is over, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(appointment.id = %id))]
pub async fn cancel_series(
    app: &App,
    call: &Call,
    (id, scope): (AppointmentId, Scope),
    (reason, note): (CancellationReason, Option<Remark>),
) -> Result<Committed, BookingError> {
    let sealed = app.load::<Appointment>(id).await?;
    let permit = app.authorise(call, Permission::BookAppointment, sealed.patient()).await?;
    let loaded = sealed.open(&permit).await?;
    if let Some(answer) = replay(app, call).await? {
        return Ok(answer);
    }
    if let Some(seen) = call.if_match
        && seen != loaded.version
    {
        return Err(CommandError::Stale { current: loaded.version }.into());
    }
    let patient = loaded.patient.ok_or_else(|| refused(AppointmentError::Unbooked))?;
    let now = app.clock.now();
    let (mut changes, mut off, mut version) = (vec![], vec![], loaded.version);
    for (one, loaded) in meant(app, &permit, id, scope).await? {
        let events = loaded.state.cancel(reason, note.clone(), now).map_err(refused)?;
        if one == id {
            version = loaded.version + i32::try_from(events.len()).unwrap_or(i32::MAX);
        }
        off.push(one);
        changes.push(app.change::<Appointment>(&Target::of(one, patient, now), &loaded, events));
    }
    let extra = Some(serde_json::json!({ "cancelled": off }));
    together(app, call, &permit, changes, Committed { id: id.0, version, extra, replayed: false }).await
}
