//! What an appointment sets in motion: the slot it gives up is offered to who waits.

use healthcare_application::store::Change;
use healthcare_domain::{
    AnyState, DomainEvent,
    scheduling::{
        appointment::{Appointment, AppointmentEvent, Booking, Place},
        resource::ResourceEvent,
    },
};
use tokio_postgres::types::Json;
use uuid::Uuid;

use crate::projection::Statement;

/// Who books a resource passes one after the other, in the order of the resources. An exclusion constraint alone would
/// be safe, but two that meet in it wait for each other until one is thrown out as a deadlock. Who closes a resource
/// passes there too: what is booked is stored before the closure, and found by who closes, or knows of it.
pub fn locks(changes: &[&Change]) -> Option<Statement> {
    let mut resources: Vec<Uuid> = Vec::new();
    for change in changes {
        match &change.state {
            AnyState::Appointment(state) => {
                let booked = state.booking().into_iter().flat_map(|booking| &booking.place.participants);
                resources.extend(booked.map(|one| one.resource.0));
            }
            AnyState::Resource(_) if closes(change) => resources.push(change.id),
            _ => {}
        }
    }
    resources.sort_unstable();
    resources.dedup();
    if resources.is_empty() {
        return None;
    }
    let lock = "select pg_advisory_xact_lock(hashtextextended('booking:' || r::text, 0)) from unnest($1::uuid[]) r";
    Some(Statement::new(lock).bind(resources))
}

/// Whether a resource closes for a time.
fn closes(change: &Change) -> bool {
    let closed = |event: &DomainEvent| matches!(event, DomainEvent::Resource(ResourceEvent::ClosureAdded { .. }));
    change.events.iter().any(|new| closed(&new.event))
}

/// Whether a time is taken: held, booked, or moved to.
fn takes(change: &Change) -> bool {
    change.events.iter().any(|new| {
        matches!(
            new.event,
            DomainEvent::Appointment(
                AppointmentEvent::AppointmentHeld { .. }
                    | AppointmentEvent::AppointmentBooked { .. }
                    | AppointmentEvent::AppointmentRescheduled { .. }
            )
        )
    })
}

/// The question whether the times that are taken were not closed since it was decided to take them; none where nothing is
/// taken. What is overbooked says why, and what an import tells was agreed elsewhere.
pub fn not_closed(changes: &[&Change]) -> Option<Statement> {
    let (mut resources, mut begins, mut ends) = (vec![], vec![], vec![]);
    for change in changes.iter().filter(|change| change.source.is_none() && takes(change)) {
        let AnyState::Appointment(state) = &change.state else { continue };
        let Some(place) = state.booking().map(|booking| &booking.place) else { continue };
        if place.overbooked.is_some() {
            continue;
        }
        let (from, until) = place.kept();
        for one in &place.participants {
            resources.push(one.resource.0);
            begins.push(from);
            ends.push(until);
        }
    }
    let ask = "select wf.ensure_not_closed($1::uuid[], $2::timestamptz[], $3::timestamptz[])";
    (!resources.is_empty()).then(|| Statement::new(ask).bind(resources).bind(begins).bind(ends))
}

/// A slot that became free is noted; the worker is told.
pub fn effects(change: &Change) -> Vec<Statement> {
    let AnyState::Appointment(state) = &change.state else { return vec![] };
    let Some(booking) = state.booking() else { return vec![] };
    // What was agreed elsewhere frees nothing here.
    if booking.appointment_type == Booking::ELSEWHERE {
        return vec![];
    }
    let mut all = Vec::new();
    for new in &change.events {
        let DomainEvent::Appointment(event) = &new.event else { continue };
        let freed = match event {
            AppointmentEvent::AppointmentRescheduled { from, to: _ } => Some(&**from),
            AppointmentEvent::AppointmentCancelled { .. } | AppointmentEvent::HoldReleased { .. } => {
                Some(&booking.place)
            }
            AppointmentEvent::AppointmentHeld { .. }
            | AppointmentEvent::AppointmentBooked { .. }
            | AppointmentEvent::PatientCheckedIn { .. }
            | AppointmentEvent::AppointmentCompleted { .. }
            | AppointmentEvent::AppointmentMissed { .. } => None,
        };
        if let Some(place) = freed {
            // Why it was overbooked is somebody's words.
            let place = Place { overbooked: None, ..place.clone() };
            let insert = "insert into wf.freed_slot (appointment_type, place) values ($1, $2)";
            all.push(Statement::new(insert).bind(booking.appointment_type.0).bind(Json(place)));
        }
    }
    if !all.is_empty() || matches!(state, Appointment::Held { .. }) {
        all.push(Statement::new("select pg_notify('schedule', '')"));
    }
    all
}
