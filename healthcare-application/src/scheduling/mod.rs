//! Scheduling: resources and their hours, types of appointment, free slots, appointments, the waitlist.

mod appointment_types;
mod book;
mod busy;
mod calendar;
mod change;
mod facts;
mod find_slots;
mod lists;
mod model;
mod move_day;
mod reschedule;
mod resources;
mod series;
mod waitlist;

pub use appointment_types::{define_appointment_type, retire_appointment_type, revise_appointment_type};
pub use book::{BookAppointment, book_appointment};
pub use busy::{busy_times_of, is_ones_own};
pub use calendar::{Calendar, Entry, Span, calendar_of};
pub use change::{cancel_appointment, check_in, complete_appointment, confirm_hold, miss_appointment, release_hold};
pub use facts::{BookingError, InTheWay};
pub use find_slots::{FindSlots, FoundSlots, FreeSlot, find_slots};
pub use lists::{
    get_appointment, get_of_nobody, get_wish, list_appointments, list_appointments_known, list_of_nobody,
    list_waitlist, list_waitlist_known,
};
pub use model::{
    AppointmentFilter, Candidates, FreedSlot, InCalendar, Kept, OfNobody, ScheduleModel, Scheduled, Waiting,
    WaitlistFilter,
};
pub use move_day::{MoveDay, Moved, move_day};
pub use reschedule::{RescheduleAppointment, Scope, reschedule_appointment};
pub use resources::{add_resource, close_resource, reopen_resource, retire_resource, set_hours};
pub use series::{BookSeries, book_series, cancel_series};
pub use waitlist::{accept_offer, decline_offer, expire_hold, join_waitlist, leave_waitlist, offer_freed_slot};
