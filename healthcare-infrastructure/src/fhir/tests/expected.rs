//! What is to come, and what came of it: appointments and planned visits of another system.

use healthcare_domain::{
    AnyState,
    encounter::{Encounter, Stage},
    id::{AppointmentId, AppointmentTypeId, PatientId, ResourceId, SeriesId},
    scheduling::{
        appointment::{Appointment, Booking},
        cancellation::CancellationReason,
        waitlist::{WaitPriority, WaitlistEntry, Wish},
    },
};
use serde_json::{Value, json};

use super::{
    super::{Said, Taken, write},
    after, at, fresh, take,
};

fn said(resource: &Value) -> Said {
    match take(resource["resourceType"].as_str().unwrap(), &resource.to_string()).unwrap() {
        Taken::Understood(said) => said,
        Taken::Whole(_) => panic!("it was kept whole"),
    }
}

fn appointment(status: &str) -> Value {
    json!({
        "resourceType": "Appointment", "id": "a", "status": status,
        "identifier": [{ "system": "urn:clinic:appointment", "value": "4711" }],
        "serviceType": [{ "coding": [{ "system": "http://snomed.info/sct", "code": "390906007" }], "text": "Follow-up" }],
        "appointmentType": { "coding": [{ "system": "http://terminology.hl7.org/CodeSystem/v2-0276", "code": "FOLLOWUP" }] },
        "reasonCode": [{ "text": "asthma" }],
        "description": "Review of inhaler technique", "comment": "brings the inhaler",
        "start": "2026-12-04T09:00:00Z", "end": "2026-12-04T09:20:00Z", "created": "2026-11-02T10:00:00Z",
        "extension": [
            { "url": "http://hl7.org/fhir/StructureDefinition/timezone", "valueCode": "Europe/Lisbon" },
            { "url": "urn:healthcare-platform:fhir:appointment-buffers", "extension": [
                { "url": "before", "valueUnsignedInt": 10 }, { "url": "after", "valueUnsignedInt": 5 }] },
            { "url": "urn:healthcare-platform:fhir:appointment-series",
              "valueUri": "urn:uuid:0190a000-0000-7000-8000-00000000000a" }],
        "participant": [
            { "actor": { "reference": "Patient/1" }, "status": "accepted" },
            { "actor": { "reference": "Practitioner/9", "display": "Dr Lind" }, "status": "accepted" },
            { "actor": { "display": "Room 4" }, "status": "accepted" }
        ]
    })
}

fn cancelled() -> Value {
    let mut cancelled = appointment("cancelled");
    cancelled["cancelationReason"] = json!({
        "coding": [{ "system": "http://terminology.hl7.org/CodeSystem/appointment-cancellation-reason", "code": "pat-fb" }],
        "text": "better already" });
    cancelled
}

fn visit(status: &str) -> Value {
    json!({
        "resourceType": "Encounter", "id": "v", "status": status, "class": { "code": "IMP" },
        "subject": { "reference": "Patient/1" }, "period": { "start": "2026-12-07T08:00:00Z" },
        "reasonCode": [{ "text": "hip replacement" }],
        "location": [{ "location": { "display": "Ward 3" }, "physicalType": { "coding": [{ "code": "wa" }] } }]
    })
}

/// All of them, for the round trip.
pub fn all() -> Vec<Value> {
    let mut called_off = visit("cancelled");
    called_off["period"]["end"] = json!("2026-12-01T08:00:00Z");
    let statuses =
        ["booked", "arrived", "checked-in", "fulfilled", "noshow", "proposed", "waitlist", "entered-in-error"];
    let appointments = statuses.into_iter().map(appointment).chain([cancelled()]);
    appointments.chain([visit("planned"), called_off]).collect()
}

fn kept(resource: &Value) -> Appointment {
    match fresh(&said(resource)).1 {
        AnyState::Appointment(state) => state,
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_appointment_of_another_system_is_one_here_and_keeps_nothing_of_the_house() {
    let state = kept(&appointment("booked"));
    let booking = state.booking().unwrap();
    assert_eq!((state.status(), &*booking.title), ("booked", "Review of inhaler technique"));
    assert_eq!((booking.appointment_type, booking.place.participants.len()), (Booking::ELSEWHERE, 0));
    assert_eq!((booking.place.start, booking.place.end), (at("2026-12-04T09:00:00Z"), at("2026-12-04T09:20:00Z")));
    let elsewhere = booking.elsewhere.as_deref().unwrap();
    assert_eq!(elsewhere.identifiers[0].value, "4711");
    assert_eq!(elsewhere.participants.len(), 2, "the patient is not among whom it takes");
    let place = &booking.place;
    assert_eq!(
        (place.time_zone.name(), place.buffer_before_minutes, place.buffer_after_minutes),
        ("Europe/Lisbon", 10, 5)
    );
    assert_eq!(elsewhere.series.as_deref(), Some("urn:uuid:0190a000-0000-7000-8000-00000000000a"));
    assert_eq!(booking.series, None, "a series of theirs is none of ours");
    for (status, stands) in
        [("arrived", "arrived"), ("checked-in", "arrived"), ("fulfilled", "fulfilled"), ("noshow", "noshow")]
    {
        assert_eq!(kept(&appointment(status)).status(), stands);
    }
    let Appointment::Cancelled { cancellation, .. } = kept(&cancelled()) else { panic!("it was called off") };
    assert_eq!(cancellation.reason, CancellationReason::PatientFeelsBetter);
    assert_eq!(cancellation.note.as_ref().map(|note| note.as_str()), Some("better already"));
}

/// What of a place cannot be kept is not left out: under another clock, or with no time around it, it would be another one.
#[test]
fn a_zone_that_nobody_knows_and_a_buffer_without_end_are_refused() {
    for (pointer, value, why) in [
        ("/extension/0/valueCode", json!("Europe/Atlantis"), "time zone"),
        ("/extension/0/valueCode", Value::Null, "time zone"),
        ("/extension/1/extension/0/valueUnsignedInt", json!(65_536), "65,535 minutes"),
        ("/extension/1/extension/1/valueUnsignedInt", json!(4_000_000_000_u32), "65,535 minutes"),
    ] {
        let mut resource = appointment("booked");
        *resource.pointer_mut(pointer).unwrap() = value;
        let refused = take("Appointment", &resource.to_string()).unwrap_err();
        assert_eq!(refused.place, "extension", "{pointer}");
        assert!(refused.reason.contains(why), "{pointer}: {refused}");
    }
    let mut longest = appointment("booked");
    longest["extension"][1]["extension"][0]["valueUnsignedInt"] = json!(65_535);
    assert_eq!(kept(&longest).booking().unwrap().place.buffer_before_minutes, 65_535);
    longest.as_object_mut().unwrap().remove("extension");
    let place = kept(&longest).booking().unwrap().place.clone();
    assert_eq!((place.time_zone.name(), place.buffer_before_minutes), ("UTC", 0));
}

#[test]
fn series_buffers_and_zone_of_an_appointment_of_the_house_go_out() {
    let series = uuid::Uuid::from_u128(10);
    let mut booking = kept(&appointment("booked")).booking().unwrap().clone();
    (booking.series, booking.elsewhere) = (Some(SeriesId(series)), None);
    let patient = Some(PatientId(uuid::Uuid::from_u128(6)));
    let of =
        write::Of { id: uuid::Uuid::from_u128(5), patient, known_at: None, changed_at: at("2026-11-02T10:00:00Z") };
    let state = Appointment::Booked { booking: Box::new(booking) };
    let [written] = write::resources(&state.into(), &of).try_into().unwrap();
    let written: Value = serde_json::from_str(written.to_raw().get()).unwrap();
    let mut expected = appointment("booked")["extension"].clone();
    expected[2]["valueUri"] = json!(format!("urn:uuid:{series}"));
    assert_eq!(written["extension"], expected);
}

#[test]
fn what_is_not_agreed_is_kept_whole() {
    for status in ["proposed", "pending", "waitlist", "entered-in-error"] {
        let taken = take("Appointment", &appointment(status).to_string());
        assert!(matches!(taken, Ok(Taken::Whole(_))), "{status}");
    }
    let mut timeless = appointment("booked");
    timeless.as_object_mut().unwrap().remove("start");
    assert!(matches!(take("Appointment", &timeless.to_string()), Ok(Taken::Whole(_))));
    assert!(take("Appointment", &appointment("perhaps").to_string()).is_err());
    let mut backwards = appointment("booked");
    backwards["end"] = json!("2026-12-04T08:00:00Z");
    assert!(take("Appointment", &backwards.to_string()).is_err());
}

/// What somebody waits for goes out as an Appointment on a waitlist. Nobody has agreed to it: wherever it is read it is kept as it
/// is, and goes out again as it came, under the patient's name there.
#[test]
fn a_wish_goes_out_on_the_waitlist_and_again_as_it_came() {
    let (kind, doctor) = (uuid::Uuid::from_u128(11), uuid::Uuid::from_u128(12));
    let wish = Wish {
        appointment_type: AppointmentTypeId(kind),
        priority: WaitPriority::Soon,
        resource: Some(ResourceId(doctor)),
        from: at("2026-12-01T08:00:00Z"),
        until: at("2026-12-08T18:00:00Z"),
        comment: Some("mornings".to_owned().try_into().unwrap()),
    };
    let of = |patient: u128| write::Of {
        id: uuid::Uuid::from_u128(5),
        patient: Some(PatientId(uuid::Uuid::from_u128(patient))),
        known_at: Some(at("2026-11-02T10:00:00Z")),
        changed_at: at("2026-11-02T10:00:00Z"),
    };
    let written = |state: AnyState, patient: u128| -> Option<Value> {
        let resources = write::resources(&state, &of(patient));
        resources.first().map(|one| serde_json::from_str(one.to_raw().get()).unwrap())
    };
    let told = |status: &str, patient: u128| {
        json!({ "resourceType": "Appointment", "id": uuid::Uuid::from_u128(5), "status": status, "priority": 5,
            "meta": { "lastUpdated": "2026-11-02T10:00:00Z" }, "created": "2026-11-02T10:00:00Z", "comment": "mornings",
            "extension": [{ "url": "urn:healthcare-platform:fhir:waitlist-appointment-type",
                "valueUri": format!("urn:uuid:{kind}") }],
            "participant": [
                { "actor": { "reference": format!("urn:uuid:{}", uuid::Uuid::from_u128(patient)), "type": "Patient" },
                    "status": "accepted" },
                { "actor": { "reference": format!("urn:uuid:{doctor}") }, "status": "needs-action" }],
            "requestedPeriod": [{ "start": "2026-12-01T08:00:00Z", "end": "2026-12-08T18:00:00Z" }] })
    };
    let waiting = WaitlistEntry::Waiting { wish: Box::new(wish.clone()), passed: Default::default() };
    assert_eq!(written(waiting.into(), 6), Some(told("waitlist", 6)));
    let withdrawn = WaitlistEntry::Withdrawn { wish: Box::new(wish.clone()) };
    assert_eq!(written(withdrawn.into(), 6), Some(told("cancelled", 6)));
    let got = WaitlistEntry::Fulfilled { wish: Box::new(wish), appointment: AppointmentId(doctor) };
    assert_eq!(written(got.into(), 6), None, "what they got goes out as itself");
    for status in ["waitlist", "cancelled"] {
        let Ok(Taken::Whole(said)) = take("Appointment", &told(status, 6).to_string()) else { panic!("{status}") };
        let (_, kept) = fresh(&said);
        // In the house that read it the patient has another name.
        assert_eq!(written(kept, 9), Some(told(status, 9)));
    }
}

#[test]
fn an_appointment_follows_its_source() {
    let (_, booked) = fresh(&said(&appointment("booked")));
    let kinds = |resource: &Value, state: &AnyState| -> (Vec<&'static str>, AnyState) {
        let (events, state) = after(&said(resource), state);
        (events.iter().map(|dated| dated.event.kind()).collect(), state)
    };
    assert_eq!(kinds(&appointment("booked"), &booked).0, [""; 0]);
    let mut moved = appointment("booked");
    (moved["start"], moved["end"]) = (json!("2026-12-05T09:00:00Z"), json!("2026-12-05T09:20:00Z"));
    let (told, later) = kinds(&moved, &booked);
    assert_eq!(told, ["appointment.rescheduled"]);
    let mut seen = moved.clone();
    seen["status"] = json!("fulfilled");
    let (told, seen_state) = kinds(&seen, &later);
    assert_eq!(told, ["appointment.checked-in", "appointment.completed"]);
    assert_eq!(kinds(&seen, &seen_state).0, [""; 0]);
}

/// What became of an appointment here is not undone by its source, whatever that changes of it.
#[test]
fn what_became_of_an_appointment_here_stays() {
    let mut commented = appointment("booked");
    commented["comment"] = json!("brings the inhaler and the diary");
    let reworded = |status: &str| {
        let mut reworded = commented.clone();
        reworded["status"] = json!(status);
        said(&reworded)
    };
    let told = |status: &str, state: &AnyState| {
        reworded(status).decide(state, &super::super::Import { now: super::now(), changed: None })
    };
    let (_, booked) = fresh(&said(&appointment("booked")));
    let (events, state) = after(&reworded("booked"), &booked);
    assert_eq!((events.len(), events[0].event.kind()), (1, "appointment.booked"), "a correction of what was agreed");
    let AnyState::Appointment(state) = state else { panic!("an appointment") };
    assert_eq!(state.booking().unwrap().comment.as_ref().unwrap().as_str(), "brings the inhaler and the diary");
    for (here, keeps, refuses) in [
        ("arrived", vec!["booked", "arrived"], vec!["cancelled", "noshow"]),
        ("fulfilled", vec!["booked", "arrived", "fulfilled"], vec!["cancelled", "noshow"]),
        ("noshow", vec!["booked", "noshow"], vec!["arrived", "fulfilled", "cancelled"]),
        ("cancelled", vec!["cancelled"], vec!["booked", "arrived", "fulfilled", "noshow"]),
    ] {
        let (_, state) = after(&said(&appointment(here)), &booked);
        for status in keeps {
            assert_eq!(told(status, &state).unwrap(), [], "{here}, and {status} there");
        }
        for status in refuses {
            let why = told(status, &state).unwrap_err();
            assert_eq!(why.reason, format!("the appointment is {here}"), "{status} there");
        }
    }
    let (_, arrived) = after(&said(&appointment("arrived")), &booked);
    let (events, done) = after(&reworded("fulfilled"), &arrived);
    assert_eq!(events.iter().map(|dated| dated.event.kind()).collect::<Vec<_>>(), ["appointment.completed"]);
    assert!(matches!(done, AnyState::Appointment(Appointment::Completed { .. })), "{done:?}");
}

/// A visit that began here is not planned again by a source that has not heard of it.
#[test]
fn a_visit_that_began_here_is_not_rewritten_by_who_plans_it() {
    let (_, planned) = fresh(&said(&visit("planned")));
    let mut come = visit("arrived");
    come["period"]["start"] = json!("2026-11-20T08:10:00Z");
    let (_, come) = after(&said(&come), &planned);
    let mut later = visit("planned");
    later["period"]["start"] = json!("2026-12-09T08:00:00Z");
    later["location"] = json!([]);
    assert_eq!(after(&said(&later), &come).0, []);
    let mut over = visit("finished");
    over["period"] = json!({ "start": "2026-11-20T08:10:00Z", "end": "2026-11-20T10:00:00Z" });
    let (_, over) = after(&said(&over), &come);
    assert!(matches!(over, AnyState::Encounter(Encounter::Discharged { .. })), "{over:?}");
    assert_eq!(after(&said(&later), &over).0, []);
}

#[test]
fn a_planned_visit_is_planned_here_and_begins_when_its_source_says() {
    let (events, planned) = fresh(&said(&visit("planned")));
    assert_eq!(events[0].event.kind(), "encounter.planned");
    let AnyState::Encounter(state @ Encounter::Planned { .. }) = &planned else { panic!("{planned:?}") };
    assert_eq!(state.visit().unwrap().admission.ward.as_deref(), Some("Ward 3"));
    let mut come = visit("arrived");
    come["period"]["start"] = json!("2026-11-20T08:10:00Z");
    let (events, come) = after(&said(&come), &planned);
    assert_eq!(events[0].event.kind(), "encounter.arrived");
    let AnyState::Encounter(Encounter::Admitted { stage: Stage::Arrived, visit: held }) = &come else {
        panic!("{come:?}")
    };
    assert_eq!(held.admission.started_at, at("2026-11-20T08:10:00Z"));
    let mut off = visit("cancelled");
    off["period"]["end"] = json!("2026-11-20T08:00:00Z");
    let (_, off_state) = after(&said(&off), &planned);
    assert!(matches!(off_state, AnyState::Encounter(Encounter::Cancelled { .. })), "{off_state:?}");
    assert_eq!(after(&said(&off), &off_state).0, []);
    let mut undated = visit("planned");
    undated.as_object_mut().unwrap().remove("period");
    assert!(matches!(take("Encounter", &undated.to_string()), Ok(Taken::Whole(_))));
}
