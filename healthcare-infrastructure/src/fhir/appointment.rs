//! FHIR Appointment: what was agreed in another system. It keeps no resource of this house, so that it stands in nobody's
//! way, and it is shown with the patient's other appointments.

use chrono::{DateTime, Duration, Utc};
use healthcare_domain::{
    EventSourced,
    code::{self, Coding as Code},
    scheduling::{
        appointment::{Appointment, AppointmentError, AppointmentEvent, Booking, Cancellation, Elsewhere, Place},
        cancellation::CancellationReason,
        zone::Zone,
    },
    text::Remark,
};
use serde::Deserialize;

use super::{
    Reading, Refused,
    datatypes::{CodeableConcept, Identifier, Meta, Reference, concepts, identifiers},
    date_time::FhirDateTime,
    parse::{one_of, resource},
    reference::held,
    said::{Dated, Import, Moments, Taking, Times},
};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Resource {
    #[serde(default)]
    meta: Meta,
    #[serde(default)]
    identifier: Vec<Identifier>,
    status: String,
    cancelation_reason: Option<CodeableConcept>,
    #[serde(default)]
    service_type: Vec<CodeableConcept>,
    appointment_type: Option<CodeableConcept>,
    #[serde(default)]
    reason_code: Vec<CodeableConcept>,
    description: Option<String>,
    start: Option<FhirDateTime>,
    end: Option<FhirDateTime>,
    minutes_duration: Option<u32>,
    created: Option<FhirDateTime>,
    comment: Option<String>,
    #[serde(default)]
    participant: Vec<Participant>,
    #[serde(default)]
    extension: Vec<Extension>,
}

/// HL7's extension for the zone whose clock something was agreed by (IANA name).
pub const TIME_ZONE: &str = "http://hl7.org/fhir/StructureDefinition/timezone";
/// Where we write for how long resources are kept before and after: FHIR R4 has no element for it.
pub const BUFFERS: &str = "urn:healthcare-platform:fhir:appointment-buffers";
/// Where we write which appointments recur together: R4 has no element for it, either.
pub const SERIES: &str = "urn:healthcare-platform:fhir:appointment-series";
/// Where we write for which of the house's types of appointment somebody waits.
pub const WAITED_FOR: &str = "urn:healthcare-platform:fhir:waitlist-appointment-type";

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Extension {
    url: String,
    extension: Vec<Extension>,
    value_code: Option<String>,
    value_uri: Option<String>,
    value_unsigned_int: Option<u32>,
}

/// The extension of a URL among these.
fn extension<'a>(among: &'a [Extension], url: &str) -> Option<&'a Extension> {
    among.iter().find(|one| one.url == url)
}

#[derive(Debug, Deserialize)]
struct Participant {
    actor: Option<Reference>,
}

/// What an Appointment resource says.
#[derive(Debug, Clone, PartialEq)]
pub struct AppointmentSaid {
    /// What was agreed.
    pub booking: Booking,
    /// What became of it.
    pub then: Option<AppointmentEvent>,
    /// When it was agreed.
    pub times: Times,
}

const STATUSES: [&str; 10] = [
    "proposed",
    "pending",
    "booked",
    "arrived",
    "fulfilled",
    "cancelled",
    "noshow",
    "entered-in-error",
    "checked-in",
    "waitlist",
];

/// Of what a source does not say why one comes.
const NULL_FLAVOR: &str = "http://terminology.hl7.org/CodeSystem/v3-NullFlavor";

/// Reads an Appointment. `None` for what is not agreed (proposed, pending, on a waitlist), was entered in error, or has no
/// time: it is no appointment of the record.
///
/// # Errors
/// With the place and the reason, when it is not what FHIR R4 defines.
pub fn read(raw: &str, reading: &Reading<'_>) -> Result<Option<AppointmentSaid>, Refused> {
    let r: Resource = resource(raw)?;
    one_of("status", &r.status, &STATUSES)?;
    if matches!(r.status.as_str(), "proposed" | "pending" | "waitlist" | "entered-in-error") {
        return Ok(None);
    }
    let Some(start) = r.start.map(|t| t.earliest()) else { return Ok(None) };
    let lasts = r.minutes_duration.map(|minutes| start + Duration::minutes(minutes.into()));
    let Some(end) = r.end.map(|t| t.earliest()).or(lasts) else { return Ok(None) };
    if end < start {
        return Err(Refused::at("end", "lies before the start"));
    }
    let times =
        Moments { clinical: r.created.map(|t| t.earliest()), known: r.created, meta: &r.meta, now: reading.now };
    let agreed = r.created.map_or(start, |t| t.earliest()).min(reading.now);
    let then = match r.status.as_str() {
        "arrived" | "checked-in" => Some(AppointmentEvent::PatientCheckedIn { at: start }),
        "fulfilled" => Some(AppointmentEvent::AppointmentCompleted { at: end }),
        "noshow" => Some(AppointmentEvent::AppointmentMissed { at: end }),
        "cancelled" => {
            let cancellation = cancellation(r.cancelation_reason.as_ref(), agreed)?;
            Some(AppointmentEvent::AppointmentCancelled { cancellation })
        }
        _ => None,
    };
    let service = concepts(&r.service_type).into_iter().next();
    let kind = r.appointment_type.as_ref().map(CodeableConcept::to_domain).unwrap_or_default();
    let title = r.description.filter(|title| !title.trim().is_empty());
    let title = title.or_else(|| service.as_ref().map(named)).or_else(|| Some(named(&kind)));
    let actors = r.participant.iter().filter_map(|one| one.actor.as_ref());
    let others = actors.filter(|actor| !reading.references.is_the_patient(actor));
    let zone = zone(&r.extension)?;
    let buffers = extension(&r.extension, BUFFERS).map(|buffers| &*buffers.extension).unwrap_or_default();
    let series = extension(&r.extension, SERIES).and_then(|series| series.value_uri.clone());
    let booking = Booking {
        appointment_type: Booking::ELSEWHERE,
        title: title.filter(|title| !title.is_empty()).unwrap_or_else(|| "Appointment".to_owned()),
        kind: kind.coding.into_iter().next().unwrap_or_else(|| Code::new(NULL_FLAVOR, "UNK", "unknown")),
        service,
        place: Place {
            start,
            end,
            time_zone: zone,
            buffer_before_minutes: buffer(buffers, "before")?,
            buffer_after_minutes: buffer(buffers, "after")?,
            participants: vec![],
            overbooked: None,
        },
        comment: words("comment", r.comment)?,
        series: None,
        elsewhere: Some(Box::new(Elsewhere {
            identifiers: identifiers(&r.identifier),
            reasons: concepts(&r.reason_code),
            participants: others.filter_map(|actor| held(actor, reading.references)).collect(),
            series: series.filter(|series| !series.trim().is_empty()),
        })),
    };
    Ok(Some(AppointmentSaid { booking, then, times: times.times() }))
}

/// By whose clock it was agreed; by UTC where that is not said. Under a clock that nobody knows it would be another hour of
/// the day than was agreed.
fn zone(said: &[Extension]) -> Result<Zone, Refused> {
    let Some(zone) = extension(said, TIME_ZONE) else { return Ok(Zone::UTC) };
    let known = zone.value_code.as_deref().and_then(|name| name.parse().ok());
    known.ok_or_else(|| Refused::at("extension", "its time zone is not one of the IANA database"))
}

/// For how many minutes its resources are kept before it or after it; none where that is not said.
fn buffer(said: &[Extension], which: &str) -> Result<u16, Refused> {
    let minutes = extension(said, which).and_then(|one| one.value_unsigned_int).unwrap_or_default();
    u16::try_from(minutes).map_err(|_| Refused::at("extension", "a buffer is longer than 65,535 minutes"))
}

fn named(concept: &code::CodeableConcept) -> String {
    concept.label().to_owned()
}

/// What somebody wrote; blank words are none.
fn words(place: &str, text: Option<String>) -> Result<Option<Remark>, Refused> {
    let text = text.filter(|text| !text.trim().is_empty());
    text.map(Remark::try_from).transpose().map_err(|_| Refused::at(place, "too long"))
}

/// Why it was called off. A source tells why, and not when: it was known when the appointment was, for all we are told.
fn cancellation(reason: Option<&CodeableConcept>, at: DateTime<Utc>) -> Result<Cancellation, Refused> {
    let code = reason.and_then(|reason| reason.coding.iter().find_map(|coding| coding.to_domain()));
    let listed = |code: &Code| CancellationReason::ALL.iter().copied().find(|one| one.coding().code == code.code);
    let reason_listed = code.as_ref().and_then(listed).unwrap_or(CancellationReason::Other);
    Ok(Cancellation {
        reason: reason_listed,
        code: code.unwrap_or_else(|| CancellationReason::Other.coding()),
        note: words("cancelationReason.text", reason.and_then(|reason| reason.text.clone()))?,
        at,
    })
}

impl AppointmentSaid {
    /// The events that bring `state` to it.
    pub(super) fn decide(&self, state: &Appointment, import: &Import) -> Result<Vec<Dated>, Refused> {
        let mut taking = Taking::from(state);
        let correction = import.correction(self.times);
        let booked = || AppointmentEvent::AppointmentBooked { booking: Box::new(self.booking.clone()) };
        match state {
            Appointment::Unbooked => {
                taking.take(vec![booked()], self.times);
                taking.take(self.course(), self.times);
            }
            // What was agreed is the source's to say until something came of it.
            Appointment::Booked { booking: was } => {
                if self.moves(was) {
                    let (from, to) = (Box::new(was.place.clone()), Box::new(self.booking.place.clone()));
                    taking.take(vec![AppointmentEvent::AppointmentRescheduled { from, to }], correction);
                } else if **was != self.booking {
                    taking.take(vec![booked()], correction);
                }
                taking.take(self.course(), correction);
            }
            other => taking.take(self.onward(other)?, correction),
        }
        Ok(taking.events)
    }

    /// What its source adds to what became of it, here or there. It takes nothing back: a source that is behind is told
    /// nothing, and one that says something else is refused.
    fn onward(&self, state: &Appointment) -> Result<Vec<AppointmentEvent>, Refused> {
        match (state, &self.then) {
            (Appointment::Arrived { .. }, Some(done @ AppointmentEvent::AppointmentCompleted { .. })) => {
                Ok(vec![done.clone()])
            }
            (_, _) if state.status() == self.status() => Ok(vec![]),
            (Appointment::Arrived { .. } | Appointment::Completed { .. } | Appointment::Missed { .. }, None)
            | (Appointment::Completed { .. }, Some(AppointmentEvent::PatientCheckedIn { .. })) => Ok(vec![]),
            _ => Err(Refused::at("status", AppointmentError::NotNow(state.status()).to_string())),
        }
    }

    /// What became of it. Who was seen had come.
    fn course(&self) -> Vec<AppointmentEvent> {
        let came = matches!(self.then, Some(AppointmentEvent::AppointmentCompleted { .. }))
            .then(|| AppointmentEvent::PatientCheckedIn { at: self.booking.place.start });
        came.into_iter().chain(self.then.clone()).collect()
    }

    /// Where it stands at its source.
    fn status(&self) -> &'static str {
        let mut state = Appointment::Booked { booking: Box::new(self.booking.clone()) };
        self.course().iter().for_each(|event| state.apply(event));
        state.status()
    }

    /// Whether it says the same but for the time and place.
    fn moves(&self, was: &Booking) -> bool {
        was.place != self.booking.place && Booking { place: self.booking.place.clone(), ..was.clone() } == self.booking
    }
}
