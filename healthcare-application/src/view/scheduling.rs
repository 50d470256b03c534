//! What a reader sees of resources, appointment types, appointments and wishes.

use healthcare_domain::scheduling::{
    appointment::Appointment, resource::Resource, service::AppointmentType, waitlist::WaitlistEntry,
};
use serde_json::json;

use super::{
    Kind, Row,
    render::{Of, With, row},
};

/// Of a resource: what it is, its hours and its closures.
pub(super) fn resource(state: &Resource, of: Of) -> Vec<Row> {
    let (status, schedule) = match state {
        Resource::Unknown => return vec![],
        Resource::Active(schedule) => ("active", schedule),
        Resource::Retired(schedule) => ("retired", schedule),
    };
    let code = Some(schedule.profile.kind.as_str().to_owned());
    vec![Row { code, ..row(Kind::Resource, of, status, status == "active", None, schedule) }]
}

/// Of a type of appointment.
pub(super) fn appointment_type(state: &AppointmentType, of: Of) -> Vec<Row> {
    let (status, profile) = match state {
        AppointmentType::Undefined => return vec![],
        AppointmentType::Offered(profile) => ("active", profile),
        AppointmentType::Retired(profile) => ("retired", profile),
    };
    vec![row(Kind::AppointmentType, of, status, status == "active", None, profile)]
}

/// Of an appointment.
pub(super) fn appointment(state: &Appointment, of: Of) -> Vec<Row> {
    let Some(booking) = state.booking() else { return vec![] };
    let (active, more) = match state {
        Appointment::Unbooked | Appointment::Missed { .. } | Appointment::Released { .. } => (false, json!({})),
        Appointment::Held { until, offered_to, .. } => (true, json!({ "held_until": until, "offered_to": offered_to })),
        Appointment::Booked { .. } => (true, json!({})),
        Appointment::Arrived { at, .. } => (true, json!({ "arrived_at": at })),
        Appointment::Completed { at, .. } => (false, json!({ "completed_at": at })),
        Appointment::Cancelled { cancellation, .. } => (false, json!({ "cancellation": cancellation })),
    };
    let at = Some(booking.place.start);
    vec![row(Kind::Appointment, of, state.status(), active, at, With { content: booking, more })]
}

/// Of a wish.
pub(super) fn waitlist(state: &WaitlistEntry, of: Of) -> Vec<Row> {
    let (status, wish, more) = match state {
        WaitlistEntry::Unwritten => return vec![],
        WaitlistEntry::Waiting { wish, .. } => ("waiting", wish, json!({})),
        WaitlistEntry::Offered { wish, offer, .. } => ("offered", wish, json!({ "offer": offer })),
        WaitlistEntry::Fulfilled { wish, appointment } => ("fulfilled", wish, json!({ "appointment": appointment })),
        WaitlistEntry::Withdrawn { wish } => ("withdrawn", wish, json!({})),
    };
    let active = status == "waiting" || status == "offered";
    vec![row(Kind::Waitlist, of, status, active, None, With { content: &**wish, more })]
}
