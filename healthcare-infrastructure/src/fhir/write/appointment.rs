//! FHIR Appointment.

use healthcare_domain::scheduling::{
    appointment::{Appointment, Booking},
    zone::Zone,
};

use super::{
    super::appointment::{BUFFERS, SERIES, TIME_ZONE},
    Of,
    element::{Element, coding, concept, concepts, identifiers, moment, references, refers, urn},
};

/// An appointment. One that is only held is not yet anybody's word, and is not sent.
pub fn write(state: &Appointment, of: &Of) -> Option<Element> {
    let (booking, status, cancelled) = match state {
        Appointment::Unbooked | Appointment::Held { .. } | Appointment::Released { .. } => return None,
        Appointment::Booked { booking } => (booking, "booked", None),
        Appointment::Arrived { booking, .. } => (booking, "arrived", None),
        Appointment::Completed { booking, .. } => (booking, "fulfilled", None),
        Appointment::Cancelled { booking, cancellation } => (booking, "cancelled", Some(cancellation)),
        Appointment::Missed { booking } => (booking, "noshow", None),
    };
    let elsewhere = booking.elsewhere.as_deref();
    let why = cancelled.map(|c| Element::new().with("coding", [coding(&c.code)]).with("text", &c.note));
    Some(
        of.resource("Appointment")
            .with("extension", extensions(booking))
            .with("identifier", elsewhere.map(|e| identifiers(&e.identifiers)))
            .with("status", status)
            .with("cancelationReason", why)
            .with("serviceType", booking.service.as_ref().map(|service| [concept(service)]))
            .with("appointmentType", Element::new().with("coding", [coding(&booking.kind)]))
            .with("reasonCode", elsewhere.map(|e| concepts(&e.reasons)))
            .with("description", &booking.title)
            .with("start", moment(booking.place.start))
            .with("end", moment(booking.place.end))
            .with("created", of.known_at.map(moment))
            .with("comment", &booking.comment)
            .with("participant", participants(booking, of)),
    )
}

/// What FHIR R4 has no element for: the zone it was agreed in, what is kept free around it, and its series.
fn extensions(booking: &Booking) -> Vec<Element> {
    let place = &booking.place;
    let extension = |url: &str| Element::new().with("url", url);
    let zone = (place.time_zone != Zone::UTC).then(|| extension(TIME_ZONE).with("valueCode", place.time_zone.name()));
    let around = [("before", place.buffer_before_minutes), ("after", place.buffer_after_minutes)];
    let around: Vec<Element> = around
        .into_iter()
        .filter(|(_, minutes)| *minutes > 0)
        .map(|(which, minutes)| extension(which).with("valueUnsignedInt", minutes))
        .collect();
    let buffers = (!around.is_empty()).then(|| extension(BUFFERS).with("extension", around));
    let there = || booking.elsewhere.as_ref().and_then(|elsewhere| elsewhere.series.clone());
    let series = booking.series.map(|series| urn(series.0)).or_else(there);
    let series = series.map(|series| extension(SERIES).with("valueUri", series));
    zone.into_iter().chain(buffers).chain(series).collect()
}

/// The patient first, then whom and what it takes. FHIR demands a status of each: what is booked is accepted.
fn participants(booking: &Booking, of: &Of) -> Vec<Element> {
    let resources = booking.place.participants.iter().map(|p| refers(p.resource));
    let elsewhere = booking.elsewhere.iter().flat_map(|elsewhere| references(&elsewhere.participants));
    let actors = of.patient.map(refers).into_iter().chain(resources).chain(elsewhere);
    actors.map(|actor| Element::new().with("actor", actor).with("status", "accepted")).collect()
}
