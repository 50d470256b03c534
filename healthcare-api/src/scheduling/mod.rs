//! Scheduling over REST.

mod accept_offer;
mod add_resource;
mod book_appointment;
mod book_series;
mod calendar;
mod calendar_feed;
mod cancel_appointment;
mod check_in;
mod close_resource;
mod complete_appointment;
mod confirm_hold;
mod decline_offer;
mod define_appointment_type;
mod find_slots;
mod get_appointment;
mod get_appointment_type;
mod get_resource;
mod get_wish;
mod icalendar;
mod join_waitlist;
mod leave_waitlist;
mod list_appointment_types;
mod list_appointments;
mod list_resources;
mod list_waitlist;
mod miss_appointment;
mod move_day;
mod problems;
mod release_hold;
mod reschedule_appointment;
mod retire_appointment_type;
mod retire_resource;
mod set_hours;

use serde::Serialize;

use crate::startup::Routes;

/// The routes of this context.
pub fn routes(routes: &mut Routes<'_>) {
    routes
        .service(add_resource::add_resource)
        .service(list_resources::list_resources)
        .service(get_resource::get_resource)
        .service(set_hours::set_hours)
        .service(close_resource::close_resource)
        .service(close_resource::reopen_resource)
        .service(retire_resource::retire_resource)
        .service(move_day::move_day)
        .service(calendar::get_calendar)
        .service(calendar_feed::read_calendar_feed)
        .service(define_appointment_type::define_appointment_type)
        .service(define_appointment_type::revise_appointment_type)
        .service(retire_appointment_type::retire_appointment_type)
        .service(list_appointment_types::list_appointment_types)
        .service(get_appointment_type::get_appointment_type)
        .service(find_slots::find_slots)
        .service(book_appointment::book_appointment)
        .service(book_series::book_series)
        .service(list_appointments::list_patient_appointments)
        .service(list_appointments::list_appointments)
        .service(get_appointment::get_appointment)
        .service(confirm_hold::confirm_hold)
        .service(release_hold::release_hold)
        .service(reschedule_appointment::reschedule_appointment)
        .service(check_in::check_in)
        .service(complete_appointment::complete_appointment)
        .service(cancel_appointment::cancel_appointment)
        .service(miss_appointment::miss_appointment)
        .service(join_waitlist::join_waitlist)
        .service(list_waitlist::list_waitlist)
        .service(get_wish::get_wish)
        .service(accept_offer::accept_offer)
        .service(decline_offer::decline_offer)
        .service(leave_waitlist::leave_waitlist);
}

/// The name of a value that stands in a query, as it is stored.
fn word<T: Serialize>(value: Option<T>) -> Option<String> {
    value.and_then(|one| serde_json::to_value(one).ok()?.as_str().map(str::to_owned))
}
