//! FHIR Appointment that is not agreed yet: what somebody waits for.

use healthcare_domain::scheduling::waitlist::{WaitPriority, WaitlistEntry, Wish};

use super::{
    super::appointment::WAITED_FOR,
    Of,
    element::{Element, moment, refers, urn},
};

/// A wish for an earlier appointment. What somebody got is the appointment itself, and goes out as that.
pub fn write(state: &WaitlistEntry, of: &Of) -> Option<Element> {
    let (wish, status) = match state {
        WaitlistEntry::Unwritten | WaitlistEntry::Fulfilled { .. } => return None,
        // What is offered is only held, and is not yet anybody's word.
        WaitlistEntry::Waiting { wish, .. } | WaitlistEntry::Offered { wish, .. } => (wish, "waitlist"),
        WaitlistEntry::Withdrawn { wish } => (wish, "cancelled"),
    };
    let Wish { appointment_type, priority, resource, from, until, comment } = &**wish;
    // FHIR has no reference to a type: that of the house is named beside it.
    let waited_for = Element::new().with("url", WAITED_FOR).with("valueUri", urn(appointment_type.0));
    let participant = |actor, status: &str| Element::new().with("actor", actor).with("status", status);
    let patient = of.patient.map(|patient| participant(refers(patient).with("type", "Patient"), "accepted"));
    let wanted = resource.map(|resource| participant(refers(resource), "needs-action"));
    Some(
        of.resource("Appointment")
            .with("extension", [waited_for])
            .with("status", status)
            .with("priority", urgency(*priority))
            .with("created", of.known_at.map(moment))
            .with("comment", comment)
            .with("participant", patient.into_iter().chain(wanted).collect::<Vec<_>>())
            .with("requestedPeriod", [Element::new().with("start", moment(*from)).with("end", moment(*until))]),
    )
}

/// FHIR `Appointment.priority`, which is that of iCalendar (RFC 5545, 3.8.1.9): 1 is the highest, 5 medium, 9 the lowest.
const fn urgency(priority: WaitPriority) -> u8 {
    match priority {
        WaitPriority::Urgent => 1,
        WaitPriority::Soon => 5,
        WaitPriority::Routine => 9,
    }
}
