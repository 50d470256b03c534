//! A clinic closes early: what is booked after a time moves to the next free slots.

use chrono::{DateTime, Duration, Utc};
use healthcare_domain::{
    id::{AppointmentId, ResourceId},
    scheduling::{
        appointment::{Appointment, AppointmentError, Place},
        resource::{Closure, ClosureReason, Resource, ResourceError},
    },
    text::Remark,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    facts::{BookingError, booking_of, offered},
    find_slots::first_free,
    model::Scheduled,
    reschedule::{RescheduleAppointment, Scope, reschedule_appointment},
};
use crate::{
    App, CommandError,
    access::{Call, Permission},
    store::{Committed, StoreError},
    transact::{Beside, Target, replay, store_with, transact},
};

/// How often another slot is looked for when somebody was faster.
const ATTEMPTS: usize = 5;

/// Close a resource from a time on, and move what is booked then.
#[derive(Debug, Clone)]
pub struct MoveDay {
    /// Which.
    pub resource: ResourceId,
    /// From when it is closed.
    pub after: DateTime<Utc>,
    /// Until when it is closed.
    pub until: DateTime<Utc>,
    /// Within how many days after that another slot is looked for.
    pub within_days: u16,
    /// Why.
    pub reason: ClosureReason,
    /// In somebody's words.
    pub note: Option<Remark>,
}

/// What became of one appointment.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Moved {
    /// Which.
    pub appointment: AppointmentId,
    /// When it began.
    pub from: DateTime<Utc>,
    /// When it begins now; absent where it could not be moved.
    pub to: Option<DateTime<Utc>>,
    /// Why it could not be moved.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}

/// Closes a resource for the rest of its day, so that nobody books into it, and moves each appointment that begins then,
/// or runs into it, to the next free slot, each all or nothing. Answers what became of each, of what is only held as well:
/// that stays, and cannot be confirmed any more. Repeated, it goes on where it ended.
///
/// # Errors
/// When the caller may not, there is no such resource, the times cannot be, or the record cannot be reached. What was
/// moved until then stays moved.
#[tracing::instrument(skip_all, fields(resource.id = %cmd.resource))]
pub async fn move_day(app: &App, call: &Call, cmd: MoveDay) -> Result<Committed, CommandError<ResourceError>> {
    let permit = app.authorise(call, Permission::ManageSchedules, None).await?;
    if let Some(answer) = replay(app, call).await? {
        return Ok(answer);
    }
    let once = Call { idempotency: None, ..call.clone() };
    let target = Target { id: cmd.resource, patient: None, occurred_at: app.clock.now(), touches_safety: false };
    let closure = Closure { from: cmd.after, until: cmd.until, reason: cmd.reason };
    let decide = |state: &Resource| {
        if state.active()?.closures.values().any(|one| one.from <= closure.from && one.until >= closure.until) {
            return Ok(vec![]);
        }
        state.close(closure.clone(), cmd.note.clone())
    };
    transact(app, &permit, &once, target, decide).await?;
    let unconditional = Call { if_match: None, ..once };
    let mut moved = Vec::new();
    for booked in app.read.day(&permit, cmd.resource, (cmd.after, cmd.until)).await? {
        let outcome = move_one(app, &unconditional, &cmd, booked).await;
        let (to, why) = match outcome {
            Ok(Became::Moved(to)) => (Some(to), None),
            Ok(Became::Left(why)) => (None, Some(why.to_owned())),
            Ok(Became::Over) => continue,
            Err(BookingError::Conflicts(_)) => (None, Some("somebody else was faster".to_owned())),
            // The patient died, or their record is not in use: the others move all the same.
            Err(BookingError::Command(CommandError::Store(StoreError::Closed(why)))) => (None, Some(why.to_string())),
            Err(BookingError::Command(CommandError::Store(error))) => return Err(error.into()),
            Err(BookingError::Command(error)) => (None, Some(error.to_string())),
        };
        moved.push(Moved { appointment: booked.appointment, from: booked.start, to, why });
    }
    // What became of them is kept with the key, so that a repeat is answered the same.
    let loaded = app.load::<Resource>(cmd.resource).await?.open(&permit).await?;
    let count = |done: bool| u32::try_from(moved.iter().filter(|one| one.to.is_some() == done).count());
    let (done, left) = (count(true).unwrap_or(u32::MAX), count(false).unwrap_or(u32::MAX));
    let events = loaded.state.move_day(cmd.after, done, left).map_err(CommandError::Refused)?;
    let beside = Beside { extra: Some(serde_json::json!({ "appointments": moved })), ..Beside::default() };
    Ok(store_with(app, &permit, call, target, &loaded, events, beside).await?)
}

/// What became of one appointment.
enum Became {
    /// It begins then.
    Moved(DateTime<Utc>),
    /// It stays, for a reason.
    Left(&'static str),
    /// It was called off, or is held no longer.
    Over,
}

/// Moves one appointment to the next free slot.
async fn move_one(app: &App, call: &Call, cmd: &MoveDay, booked: Scheduled) -> Result<Became, BookingError> {
    let permit = app.authorise(call, Permission::BookAppointment, Some(booked.patient)).await?;
    let mut attempt = 0;
    loop {
        attempt += 1;
        let loaded = app.load::<Appointment>(booked.appointment).await?.open(&permit).await?;
        match &loaded.state {
            Appointment::Booked { .. } => {}
            Appointment::Held { until, .. } if *until > app.clock.now() => {
                return Ok(Became::Left("it is only held, and cannot be confirmed any more"));
            }
            Appointment::Arrived { .. } => return Ok(Became::Left("the patient is there")),
            Appointment::Unbooked
            | Appointment::Held { .. }
            | Appointment::Completed { .. }
            | Appointment::Cancelled { .. }
            | Appointment::Missed { .. }
            | Appointment::Released { .. } => return Ok(Became::Over),
        }
        let booking = booking_of(&loaded.state)?;
        let Place { participants, .. } = &booking.place;
        let profile = offered(app, &permit, booking.appointment_type).await?;
        let within = (cmd.until.max(app.clock.now()), cmd.until + Duration::days(cmd.within_days.into()));
        let of = (booking.appointment_type, &profile);
        let Some(slot) = first_free(app, &permit, of, (within, participants)).await? else {
            return Ok(Became::Left("no free slot"));
        };
        let to = RescheduleAppointment {
            appointment: booked.appointment,
            start: slot.start,
            resources: Some(slot.participants.iter().map(|one| one.resource).collect()),
            overbook: None,
            scope: Scope::One,
        };
        match reschedule_appointment(app, call, to).await {
            Ok(_) => return Ok(Became::Moved(slot.start)),
            Err(BookingError::Conflicts(_)) if attempt < ATTEMPTS => {}
            Err(BookingError::Command(CommandError::Refused(AppointmentError::Conflicts(_)))) if attempt < ATTEMPTS => {
            }
            Err(error) => return Err(error),
        }
    }
}
