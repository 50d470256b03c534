//! What an appointment sets in motion: the slot it gives up is offered to who waits.

use healthcare_application::store::Change;
use healthcare_domain::{
    AnyState, DomainEvent,
    scheduling::appointment::{Appointment, AppointmentEvent, Booking, Place},
};
use tokio_postgres::types::Json;
use uuid::Uuid;

use crate::projection::Statement;

/// Who books a resource passes one after the other, in the order of the resources. An exclusion constraint alone would
/// be safe, but two that meet in it wait for each other until one is thrown out as a deadlock.
pub fn locks(changes: &[&Change]) -> Option<Statement> {
    let mut resources: Vec<Uuid> = Vec::new();
    for change in changes {
        if let AnyState::Appointment(state) = &change.state
            && let Some(booking) = state.booking()
        {
            resources.extend(booking.place.participants.iter().map(|one| one.resource.0));
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
