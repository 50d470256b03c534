//! Moves an appointment, or a series from it on.

use std::collections::HashMap;

use chrono::{DateTime, Duration, NaiveDateTime, Utc};
use healthcare_domain::{
    id::{AppointmentId, PatientId, ResourceId},
    scheduling::appointment::{Appointment, AppointmentError, Participant, Place},
    text::Remark,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::facts::{ATTEMPTS, BookingError, Facts, booking_of, refused, schedules, somebody_was_faster};
use crate::{
    App, CommandError,
    access::{Call, Permission, Permit},
    store::{Change, Commit, Committed, Meta},
    transact::{Loaded, Target, replay},
};

/// How much of a series is meant.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = SeriesScope)]
pub enum Scope {
    /// The appointment alone.
    #[default]
    One,
    /// It, and those of its series that come after it.
    Following,
    /// All of its series that are still booked.
    All,
}

/// Move an appointment.
#[derive(Debug, Clone)]
pub struct RescheduleAppointment {
    /// Which.
    pub appointment: AppointmentId,
    /// When it begins. Others of its series move by as much, by the clock on the wall.
    pub start: DateTime<Utc>,
    /// With whom; with the same if absent.
    pub resources: Option<Vec<ResourceId>>,
    /// Why it is booked over another, if it is.
    pub overbook: Option<Remark>,
    /// How much of its series moves too.
    pub scope: Scope,
}

/// An appointment that is to move, and where to.
struct Moving {
    id: AppointmentId,
    loaded: Loaded<Appointment>,
    to: Place,
}

/// Moves an appointment, or more of its series, all or nothing. What is in the way is told whole.
///
/// # Errors
/// When the caller may not, something is in the way, the times cannot be, or the record cannot be reached.
#[tracing::instrument(skip_all, fields(appointment.id = %cmd.appointment))]
pub async fn reschedule_appointment(
    app: &App,
    call: &Call,
    cmd: RescheduleAppointment,
) -> Result<Committed, BookingError> {
    let permission = if cmd.overbook.is_some() { Permission::OverbookAppointment } else { Permission::BookAppointment };
    let sealed = app.load::<Appointment>(cmd.appointment).await?;
    let permit = app.authorise(call, permission, sealed.patient()).await?;
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
    let mut attempt = 0;
    loop {
        attempt += 1;
        match once(app, call, &permit, patient, &cmd).await {
            Err(BookingError::Command(error))
                if somebody_was_faster(&error) && attempt < ATTEMPTS && call.if_match.is_none() => {}
            other => return other,
        }
    }
}

async fn once(
    app: &App,
    call: &Call,
    permit: &Permit,
    patient: PatientId,
    cmd: &RescheduleAppointment,
) -> Result<Committed, BookingError> {
    let now = app.clock.now();
    let moving = moving(app, permit, cmd).await?;
    let but: Vec<AppointmentId> = moving.iter().map(|one| one.id).collect();
    let places: Vec<&Place> = moving.iter().map(|one| &one.to).collect();
    let facts = Facts::of(app, permit, &places).await?;
    let mut in_the_way = Vec::new();
    let mut changes: Vec<Change> = Vec::new();
    let mut version = 0;
    for Moving { id, loaded, to } in &moving {
        let appointment_type = booking_of(&loaded.state)?.appointment_type;
        let conflicts = facts.conflicts(to, appointment_type, &but);
        match loaded.state.reschedule(to.clone(), &conflicts, now) {
            Ok(events) => {
                if *id == cmd.appointment {
                    version = loaded.version + i32::try_from(events.len()).unwrap_or(i32::MAX);
                }
                if !events.is_empty() {
                    changes.push(app.change::<Appointment>(&Target::of(*id, patient, now), loaded, events));
                }
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
    let moved: Vec<AppointmentId> = changes.iter().map(|change| AppointmentId(change.id)).collect();
    let extra = (cmd.scope != Scope::One).then(|| serde_json::json!({ "moved": moved }));
    let committed = Committed { id: cmd.appointment.0, version, extra, replayed: false };
    together(app, call, permit, changes, committed).await
}

/// Stores the changes of several streams of a patient, all or nothing.
pub(super) async fn together(
    app: &App,
    call: &Call,
    permit: &Permit,
    changes: Vec<Change>,
    committed: Committed,
) -> Result<Committed, BookingError> {
    if changes.is_empty() {
        return Ok(committed);
    }
    let commit = Commit {
        changes,
        meta: Meta::of(call),
        idempotency: call.idempotency.clone(),
        committed,
        safety: vec![],
        evaluations: vec![],
    };
    Ok(app.store.append(permit, commit).await.map_err(CommandError::<AppointmentError>::Store)?)
}

/// The appointments of a series that are meant, with what is stored of them.
pub(super) async fn meant(
    app: &App,
    permit: &Permit,
    pivot: AppointmentId,
    scope: Scope,
) -> Result<Vec<(AppointmentId, Loaded<Appointment>)>, BookingError> {
    let loaded = app.load::<Appointment>(pivot).await?.open(permit).await?;
    let booking = booking_of(&loaded.state)?;
    let (series, start) = (booking.series, booking.place.start);
    let mut all = vec![(pivot, loaded)];
    if scope == Scope::One {
        return Ok(all);
    }
    let Some(series) = series else { return Ok(all) };
    for one in app.read.series(permit, series).await? {
        if one.appointment == pivot || (scope == Scope::Following && one.start < start) {
            continue;
        }
        all.push((one.appointment, app.load::<Appointment>(one.appointment).await?.open(permit).await?));
    }
    Ok(all)
}

async fn moving(app: &App, permit: &Permit, cmd: &RescheduleAppointment) -> Result<Vec<Moving>, BookingError> {
    let meant = meant(app, permit, cmd.appointment, cmd.scope).await?;
    let Some((_, pivot)) = meant.first() else { return Ok(vec![]) };
    let was = booking_of(&pivot.state)?.place.clone();
    let participants = match &cmd.resources {
        Some(resources) => Some(instead(&schedules(app, permit, resources).await?, resources, &was)?),
        None => None,
    };
    let zone = was.time_zone;
    let by: Duration = zone.local(cmd.start) - zone.local(was.start);
    let mut all = Vec::new();
    for (id, loaded) in meant {
        let place = booking_of(&loaded.state)?.place.clone();
        let start = if id == cmd.appointment { cmd.start } else { zone.begins(meant_at(&place, &was) + by) };
        let to = Place {
            start,
            end: start + (place.end - place.start),
            participants: participants.clone().unwrap_or_else(|| place.participants.clone()),
            overbooked: cmd.overbook.clone(),
            ..place
        };
        all.push(Moving { id, loaded, to });
    }
    Ok(all)
}

/// The local time that an appointment of a series was meant for. On a day on which the pivot's time of day is skipped the
/// appointment stands behind the change, and comes back to it when the series moves.
fn meant_at(place: &Place, pivot: &Place) -> NaiveDateTime {
    let zone = pivot.time_zone;
    let stands = zone.local(place.start);
    let as_the_pivot = stands.date().and_time(zone.local(pivot.start).time());
    if zone.begins(as_the_pivot) == place.start { as_the_pivot } else { stands }
}

/// Others of the same kinds.
fn instead(
    schedules: &HashMap<ResourceId, healthcare_domain::scheduling::resource::Schedule>,
    resources: &[ResourceId],
    was: &Place,
) -> Result<Vec<Participant>, BookingError> {
    let participants: Option<Vec<Participant>> = resources
        .iter()
        .map(|resource| Some(Participant { resource: *resource, kind: schedules.get(resource)?.profile.kind }))
        .collect();
    let participants = participants.ok_or_else(|| refused(AppointmentError::NoSuchResource))?;
    let kinds = |all: &[Participant]| {
        let mut kinds: Vec<_> = all.iter().map(|one| one.kind).collect();
        kinds.sort_unstable();
        kinds
    };
    if kinds(&participants) == kinds(&was.participants) {
        Ok(participants)
    } else {
        Err(refused(AppointmentError::WrongResources))
    }
}
