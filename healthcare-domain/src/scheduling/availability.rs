//! Whether a resource is free: its hours, its closures, and what is booked already.

use chrono::{DateTime, Duration, NaiveTime, Utc};

use super::resource::{Day, Schedule};
use crate::id::{AppointmentId, AppointmentTypeId, ResourceId};

/// A stretch of time, the end not included.
pub type Stretch = (DateTime<Utc>, DateTime<Utc>);

/// Why a resource is not free.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Obstacle {
    /// It is booked or held for another appointment.
    Taken(AppointmentId),
    /// It is closed: leave, repair.
    Closed,
    /// Its hours do not cover it, or not this type of appointment.
    OutsideHours,
}

/// A resource that is not free, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Conflict {
    /// Which.
    pub resource: ResourceId,
    /// From when it is not free.
    pub from: DateTime<Utc>,
    /// Until when.
    pub until: DateTime<Utc>,
    /// Why.
    pub obstacle: Obstacle,
}

/// What keeps a resource busy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Busy {
    /// The appointment.
    pub appointment: AppointmentId,
    /// For how long it keeps it, with its buffers.
    pub kept: Stretch,
}

/// What is wanted of a resource: the appointment itself within its hours, and a while around it.
#[derive(Debug, Clone, Copy)]
pub struct Wanted {
    /// From when to when.
    pub during: Stretch,
    /// The same with its buffers.
    pub kept: Stretch,
    /// The type of appointment.
    pub appointment_type: AppointmentTypeId,
}

/// Whether two stretches have a moment in common.
pub fn overlap(one: Stretch, other: Stretch) -> bool {
    one.0 < other.1 && other.0 < one.1
}

/// Everything that is in the way of an appointment with a resource, in order of time.
pub fn conflicts(resource: ResourceId, schedule: &Schedule, busy: &[Busy], wanted: &Wanted) -> Vec<Conflict> {
    let taken = busy.iter().filter(|one| overlap(one.kept, wanted.kept));
    let taken = taken.map(|one| (one.kept, Obstacle::Taken(one.appointment)));
    let closures = schedule.closures.values().map(|closure| (closure.from, closure.until));
    let closed = closures.filter(|one| overlap(*one, wanted.kept)).map(|one| (one, Obstacle::Closed));
    let days = (wanted.during.0 - Duration::days(2), wanted.during.1 + Duration::days(2));
    let hours: Vec<Stretch> = open(schedule, days, wanted.appointment_type).into_iter().map(|one| one.during).collect();
    let outside = !covered(&hours, wanted.during);
    let outside = outside.then_some((wanted.during, Obstacle::OutsideHours));
    let all = taken.chain(closed).chain(outside);
    let mut all: Vec<Conflict> =
        all.map(|((from, until), obstacle)| Conflict { resource, from, until, obstacle }).collect();
    all.sort_by_key(|one| (one.from, one.until));
    all
}

/// Whether stretches in order of time cover another one, one after the other.
pub fn covered(stretches: &[Stretch], wanted: Stretch) -> bool {
    let mut from = wanted.0;
    for (begins, ends) in stretches {
        if *begins <= from && *ends > from {
            from = *ends;
        }
        if from >= wanted.1 {
            return true;
        }
    }
    false
}

/// A stretch in which a resource may be booked, with the template of its slots.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Open {
    /// From when to when.
    pub during: Stretch,
    /// A slot begins every so often; none where the appointment's own length is the measure.
    pub every: Option<Duration>,
}

/// The hours of a resource for a type of appointment on the days of a stretch, as instants, in order. On a day on which
/// the clocks change, hours are as long as they really are.
pub fn open(schedule: &Schedule, within: Stretch, appointment_type: AppointmentTypeId) -> Vec<Open> {
    let zone = schedule.profile.time_zone;
    let mut all = Vec::new();
    let (mut date, last) = (zone.local(within.0).date(), zone.local(within.1).date());
    while date <= last {
        let day = Day::of(date);
        for hours in schedule.hours.iter().filter(|one| one.day == day) {
            if !hours.appointment_types.is_empty() && !hours.appointment_types.contains(&appointment_type) {
                continue;
            }
            let ends = if hours.until == NaiveTime::MIN { date.succ_opt().unwrap_or(date) } else { date };
            let during = (zone.begins(date.and_time(hours.from)), zone.ends(ends.and_time(hours.until)));
            if during.0 < during.1 {
                all.push(Open { during, every: hours.slot_minutes.map(|minutes| Duration::minutes(minutes.into())) });
            }
        }
        let Some(next) = date.succ_opt() else { break };
        date = next;
    }
    all.sort_by_key(|one| one.during);
    all
}
