use std::collections::BTreeMap;

use chrono::{DateTime, Duration, NaiveTime, Utc};
use healthcare_domain::{
    id::{AppointmentId, AppointmentTypeId, PatientId, ResourceId, SeriesId, WaitlistEntryId},
    patient::Patient,
    scheduling::{
        appointment::{Appointment, Booking, Hold, Participant, Place},
        cancellation::CancellationReason,
        resource::{Day, Hours, Resource, ResourceKind, ResourceProfile},
        service::VisitKind,
        waitlist::{WaitPriority, WaitlistEntry, Wish},
        zone::Zone,
    },
};
use healthcare_infrastructure::{database::Database, event_log::tick, rebuild::rebuild_read};
use healthcare_tests::bare_record::{Record, record};

use crate::{
    event_store::given::app,
    rebuild::life::{decide, person},
};

fn booking(start: DateTime<Utc>, resource: ResourceId) -> Booking {
    Booking {
        appointment_type: AppointmentTypeId(uuid::Uuid::from_u128(7)),
        title: "Consultation".into(),
        kind: VisitKind::Routine.coding(),
        service: None,
        place: place(start, resource),
        comment: None,
        series: Some(SeriesId(uuid::Uuid::from_u128(8))),
        elsewhere: None,
    }
}

fn place(start: DateTime<Utc>, resource: ResourceId) -> Place {
    Place {
        start,
        end: start + Duration::minutes(20),
        time_zone: Zone::UTC,
        buffer_before_minutes: 5,
        buffer_after_minutes: 0,
        participants: vec![Participant { resource, kind: ResourceKind::Practitioner }],
        overbooked: None,
    }
}

async fn contents(record: &Record) -> BTreeMap<&'static str, Vec<String>> {
    let owner = record.owner().await;
    let mut all = BTreeMap::new();
    for table in ["appointment", "booking", "waitlist", "entry"] {
        let rows = owner.query(&format!("select t::text from read.{table} t order by 1"), &[]).await.expect("rows");
        all.insert(table, rows.iter().map(|row| row.get(0)).collect());
    }
    all
}

/// Held, booked, moved, swapped, cancelled: a rebuild gives the same rows, and the constraint with them.
#[tokio::test]
async fn a_rebuild_gives_the_same_bookings_and_the_constraint_with_them() {
    let record = record().await;
    let app = app(&record.store);
    let now = app.clock.now();
    let patient = PatientId(app.clock.new_id());
    let of = Some(patient);
    decide::<Patient>(&app, patient, of, now, |p| p.register(person("Zzyzx", 1954), now)).await;
    let resource = ResourceId(app.clock.new_id());
    let profile = ResourceProfile {
        kind: ResourceKind::Practitioner,
        name: "Dr Moss".into(),
        time_zone: Zone::UTC,
        account: None,
        practitioner: None,
        device: None,
        service_types: vec![],
    };
    decide::<Resource>(&app, resource, None, now, |r| r.add(profile.clone())).await;
    let hours = Hours {
        day: Day::Monday,
        from: NaiveTime::MIN,
        until: NaiveTime::MIN,
        slot_minutes: None,
        appointment_types: vec![],
    };
    decide::<Resource>(&app, resource, None, now, |r| r.set_hours(vec![hours.clone()])).await;
    let at = |hours: i64| now + Duration::hours(hours);
    let mut made = vec![];
    for n in 1..5 {
        let id = AppointmentId(app.clock.new_id());
        decide::<Appointment>(&app, id, of, now, |a| a.book(booking(at(n), resource), &[], now)).await;
        made.push(id);
    }
    // The first goes away, the second takes its time, the third the second's.
    decide::<Appointment>(&app, made[0], of, now, |a| a.cancel(CancellationReason::Patient, None, now)).await;
    decide::<Appointment>(&app, made[1], of, now, |a| a.reschedule(place(at(1), resource), &[], now)).await;
    decide::<Appointment>(&app, made[2], of, now, |a| a.reschedule(place(at(2), resource), &[], now)).await;
    let held = AppointmentId(app.clock.new_id());
    let hold = Hold { until: at(2), offered_to: None };
    decide::<Appointment>(&app, held, of, now, |a| a.hold(booking(at(9), resource), hold, &[], now)).await;
    let wish = Wish {
        appointment_type: AppointmentTypeId(uuid::Uuid::from_u128(7)),
        priority: WaitPriority::Urgent,
        resource: Some(resource),
        from: at(1),
        until: at(100),
        comment: None,
    };
    let entry = WaitlistEntryId(app.clock.new_id());
    decide::<WaitlistEntry>(&app, entry, of, now, |w| w.join(wish.clone(), now)).await;

    tick(&record.store.database().get().await.expect("a session")).await.expect("a tick");
    let live = contents(&record).await;
    assert_eq!((live["appointment"].len(), live["booking"].len(), live["waitlist"].len()), (5, 5, 1));
    let owner = Database::connect(&record.database.urls.owner.clone().into(), 2).expect("a URL");
    rebuild_read(&owner, record.store.codec()).await.expect("rebuilt");
    assert_eq!(contents(&record).await, live);
    let twice = "insert into read.booking select gen_random_uuid(), resource_id, version, patient_id, during, active,
        overbooked, hold_until from read.booking where active limit 1";
    let refused = record.owner().await.execute(twice, &[]).await.expect_err("the constraint stands");
    assert_eq!(refused.as_db_error().and_then(|e| e.constraint()), Some("booking_once"));
}
