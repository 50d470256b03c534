//! Free slots over 30 days and 50 practitioners, half of whose time is booked.

use std::time::{Duration, Instant};

use anyhow::ensure;
use chrono::{DateTime, NaiveTime, Utc};
use healthcare_application::{
    Actor, App, Call, Permission, Role,
    scheduling::{add_resource, define_appointment_type, set_hours},
    store::{Commit, Committed, Meta},
    transact::{Loaded, Target},
};
use healthcare_domain::{
    id::{AccountId, AppointmentId, AppointmentTypeId, ResourceId},
    scheduling::{
        appointment::{Appointment, Booking, Participant, Place},
        resource::{Day, Hours, ResourceKind, ResourceProfile},
        service::{ServiceProfile, VisitKind},
        zone::Zone,
    },
};

use crate::{
    command::{register, registrar},
    hospital::Hospital,
    http,
    load::Window,
    report::{Goal, Item},
    rounds::{ROUNDS, median},
};

const PART: &str = "slots";
const RESOURCES: usize = 50;
const DAYS: i64 = 30;
/// Searches of a round.
const SEARCHES: usize = 100;
/// Appointments of one commit while the days are filled.
const AT_ONCE: usize = 200;

/// Searches over HTTP with token, permission and audit, one at a time: the first page, and the largest one.
pub async fn measure(hospital: &Hospital) -> anyhow::Result<Vec<Item>> {
    let app = &hospital.platform.app;
    let desk = Actor::of(AccountId(app.clock.new_id()), Role::Receptionist);
    let call = || Call::of(desk.clone(), app.clock.new_id());
    let visit = ServiceProfile {
        name: "Consultation".into(),
        kind: VisitKind::Routine,
        service: None,
        duration_minutes: 20,
        buffer_before_minutes: 0,
        buffer_after_minutes: 0,
        requires: vec![ResourceKind::Practitioner],
    };
    let visit = AppointmentTypeId(define_appointment_type(app, &call(), visit).await?.id);
    let mut resources = vec![];
    for n in 0..RESOURCES {
        let profile = ResourceProfile {
            kind: ResourceKind::Practitioner,
            name: format!("Practitioner {n}"),
            time_zone: if n % 2 == 0 { "Europe/Lisbon".parse()? } else { "America/New_York".parse()? },
            account: None,
            practitioner: None,
            device: None,
            service_types: vec![],
        };
        let id = ResourceId(add_resource(app, &call(), profile).await?.id);
        set_hours(app, &call(), id, hours()).await?;
        resources.push(id);
    }
    let from = app.clock.now() + chrono::Duration::days(7);
    let booked = fill(app, visit, &resources, from).await?;
    hospital.settle().await?;
    let until = from + chrono::Duration::days(DAYS);
    let time = |at: DateTime<Utc>| at.format("%Y-%m-%dT%H:%M:%SZ").to_string();
    let path = |limit: u16| {
        format!("/api/v1/slots?appointment_type={visit}&from={}&until={}&limit={limit}", time(from), time(until))
    };
    let mut connection = hospital.server.connect().await?;
    let mut items = vec![];
    for (limit, goal) in [(50, Some(Goal::AtMost(50.0))), (200, None)] {
        let request = http::get(&path(limit), Some(&hospital.token));
        let mut rounds = vec![];
        for round in 0..=ROUNDS {
            let mut latencies: Vec<Duration> = vec![];
            for _ in 0..SEARCHES {
                let asked = Instant::now();
                let answer = connection.exchange(&request).await?;
                latencies.push(asked.elapsed());
                ensure!(answer.status == 200, "{}", answer.status);
            }
            // The first round warms up.
            if round > 0 {
                rounds.push(Window::of(latencies, Duration::from_secs(1)));
            }
        }
        let of = |share: f64| median(rounds.iter().map(|window| window.quantile_ms(share)));
        let name = |what: &str| {
            format!("{limit} free slots, {DAYS} days, {RESOURCES} practitioners, {booked} appointments, {what}")
        };
        items.push(Item::figure(PART, name("p50"), "ms", of(0.5), None));
        items.push(Item::figure(PART, name("p95"), "ms", of(0.95), goal));
    }
    Ok(items)
}

/// Eight to twelve and one to five, every day.
fn hours() -> Vec<Hours> {
    let days = [Day::Monday, Day::Tuesday, Day::Wednesday, Day::Thursday, Day::Friday, Day::Saturday, Day::Sunday];
    let time = |hour| NaiveTime::from_hms_opt(hour, 0, 0).unwrap_or_default();
    let block = |day, from, until| Hours {
        day,
        from: time(from),
        until: time(until),
        slot_minutes: Some(20),
        appointment_types: vec![],
    };
    days.into_iter().flat_map(|day| [block(day, 8, 12), block(day, 13, 17)]).collect()
}

/// Books every other slot of the days, as the domain decides it.
async fn fill(
    app: &App,
    visit: AppointmentTypeId,
    resources: &[ResourceId],
    from: DateTime<Utc>,
) -> anyhow::Result<usize> {
    let patient = register(app, &registrar(app), 950_000).await?;
    let call = Call::system(app.clock.new_id());
    let permit = app.authorise(&call, Permission::BookAppointment, Some(patient)).await?;
    let now = app.clock.now();
    let midnight = from.date_naive().and_time(NaiveTime::MIN).and_utc();
    let mut changes = vec![];
    for (n, resource) in resources.iter().enumerate() {
        let begins = if n % 2 == 0 { 8 } else { 13 };
        for day in 0..DAYS {
            for slot in 0..12 {
                let start = midnight
                    + chrono::Duration::days(day + 1)
                    + chrono::Duration::hours(begins)
                    + chrono::Duration::minutes(40 * slot);
                let place = Place {
                    start,
                    end: start + chrono::Duration::minutes(20),
                    time_zone: Zone::UTC,
                    buffer_before_minutes: 0,
                    buffer_after_minutes: 0,
                    participants: vec![Participant { resource: *resource, kind: ResourceKind::Practitioner }],
                    overbooked: None,
                };
                let booking = Booking {
                    appointment_type: visit,
                    title: "Consultation".into(),
                    kind: VisitKind::Routine.coding(),
                    service: None,
                    place,
                    comment: None,
                    series: None,
                    elsewhere: None,
                };
                let events = Appointment::Unbooked.book(booking, &[], now)?;
                let target = Target::of(AppointmentId(app.clock.new_id()), patient, now);
                changes.push(app.change::<Appointment>(&target, &Loaded::unwritten(), events));
            }
        }
    }
    let count = changes.len();
    while !changes.is_empty() {
        let some = changes.split_off(changes.len().saturating_sub(AT_ONCE));
        let committed = Committed { id: patient.0, version: 1, extra: None, replayed: false };
        let meta = Meta::of(&call);
        let commit = Commit { changes: some, meta, idempotency: None, committed, safety: vec![], evaluations: vec![] };
        app.store.append(&permit, commit).await?;
    }
    Ok(count)
}
