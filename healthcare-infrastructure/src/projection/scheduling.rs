//! `read.appointment`, `read.booking`, `read.waitlist`. A resource that is kept twice is refused by the constraint
//! `booking_once`, whoever was faster.

use chrono::{DateTime, Utc};
use healthcare_application::store::Change;
use healthcare_domain::{
    AnyState,
    scheduling::{
        appointment::{Appointment, Booking},
        waitlist::WaitlistEntry,
    },
};
use uuid::Uuid;

use super::{Statement, version_after};

/// The statements for all appointments and wishes of some changes. What they kept is given up before anything is taken:
/// appointments that change places in one transaction do not stand in each other's way.
pub fn upsert(changes: &[&Change]) -> Vec<Statement> {
    let mut rows = Rows::default();
    let mut all = Vec::new();
    for change in changes {
        match &change.state {
            AnyState::Appointment(state) => {
                if let Some(booking) = state.booking() {
                    rows.add(change, state, booking);
                }
            }
            AnyState::WaitlistEntry(state) => all.extend(waitlist(change, state)),
            _ => {}
        }
    }
    if !rows.appointments.id.is_empty() {
        all.extend(rows.statements());
    }
    all
}

/// The columns of the appointments and of what they keep.
#[derive(Default)]
struct Rows {
    appointments: Appointments,
    bookings: Bookings,
}

#[derive(Default)]
struct Appointments {
    id: Vec<Uuid>,
    version: Vec<i32>,
    patient: Vec<Uuid>,
    status: Vec<&'static str>,
    appointment_type: Vec<Uuid>,
    start: Vec<DateTime<Utc>>,
    end: Vec<DateTime<Utc>>,
    hold: Vec<Option<DateTime<Utc>>>,
    series: Vec<Option<Uuid>>,
}

#[derive(Default)]
struct Bookings {
    appointment: Vec<Uuid>,
    resource: Vec<Uuid>,
    version: Vec<i32>,
    patient: Vec<Uuid>,
    from: Vec<DateTime<Utc>>,
    until: Vec<DateTime<Utc>>,
    active: Vec<bool>,
    overbooked: Vec<bool>,
    hold: Vec<Option<DateTime<Utc>>>,
}

impl Rows {
    fn add(&mut self, change: &Change, state: &Appointment, booking: &Booking) {
        let Some(patient) = change.patient else { return };
        let hold = match state {
            Appointment::Held { until, .. } => Some(*until),
            _ => None,
        };
        let of = &mut self.appointments;
        of.id.push(change.id);
        of.version.push(version_after(change));
        of.patient.push(patient.0);
        of.status.push(state.status());
        of.appointment_type.push(booking.appointment_type.0);
        of.start.push(booking.place.start);
        of.end.push(booking.place.end);
        of.hold.push(hold);
        of.series.push(booking.series.map(|series| series.0));
        let (from, until) = booking.place.kept();
        for participant in &booking.place.participants {
            let of = &mut self.bookings;
            of.appointment.push(change.id);
            of.resource.push(participant.resource.0);
            of.version.push(version_after(change));
            of.patient.push(patient.0);
            of.from.push(from);
            of.until.push(until);
            of.active.push(state.keeps());
            of.overbooked.push(booking.place.overbooked.is_some());
            of.hold.push(hold);
        }
    }

    fn statements(self) -> [Statement; 3] {
        let Self { appointments: a, bookings: b } = self;
        let given_up = Statement::new(
            "delete from read.booking b using unnest($1::uuid[], $2::int[]) c(id, v)
             where b.appointment_id = c.id and b.version < c.v",
        )
        .bind(a.id.clone())
        .bind(a.version.clone());
        let listed = Statement::new(
            "insert into read.appointment as a
                (id, version, patient_id, status, appointment_type, start_at, end_at, hold_until, series)
             select * from unnest($1::uuid[], $2::int[], $3::uuid[], $4::text[], $5::uuid[], $6::timestamptz[],
                                  $7::timestamptz[], $8::timestamptz[], $9::uuid[])
             on conflict (id) do update set version = excluded.version, status = excluded.status,
                 start_at = excluded.start_at, end_at = excluded.end_at, hold_until = excluded.hold_until
             where a.version < excluded.version",
        )
        .bind(a.id)
        .bind(a.version)
        .bind(a.patient)
        .bind(a.status)
        .bind(a.appointment_type)
        .bind(a.start)
        .bind(a.end)
        .bind(a.hold)
        .bind(a.series);
        let kept = Statement::new(
            "insert into read.booking
                (appointment_id, resource_id, version, patient_id, during, active, overbooked, hold_until)
             select a, r, v, p, tstzrange(f, u), k, o, h
             from unnest($1::uuid[], $2::uuid[], $3::int[], $4::uuid[], $5::timestamptz[], $6::timestamptz[],
                         $7::bool[], $8::bool[], $9::timestamptz[]) t(a, r, v, p, f, u, k, o, h)
             on conflict (appointment_id, resource_id) do nothing",
        )
        .bind(b.appointment)
        .bind(b.resource)
        .bind(b.version)
        .bind(b.patient)
        .bind(b.from)
        .bind(b.until)
        .bind(b.active)
        .bind(b.overbooked)
        .bind(b.hold);
        [given_up, listed, kept]
    }
}

/// Brings a wish's row up to date.
fn waitlist(change: &Change, state: &WaitlistEntry) -> Option<Statement> {
    let (status, wish) = match state {
        WaitlistEntry::Unwritten => return None,
        WaitlistEntry::Waiting { wish, .. } => ("waiting", wish),
        WaitlistEntry::Offered { wish, .. } => ("offered", wish),
        WaitlistEntry::Fulfilled { wish, .. } => ("fulfilled", wish),
        WaitlistEntry::Withdrawn { wish } => ("withdrawn", wish),
    };
    let patient = change.patient?;
    let insert = "insert into read.waitlist as w
            (id, version, patient_id, status, appointment_type, rank, resource_id, from_at, until_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         on conflict (id) do update set version = excluded.version, status = excluded.status
         where w.version < excluded.version";
    let statement = Statement::new(insert)
        .bind(change.id)
        .bind(version_after(change))
        .bind(patient.0)
        .bind(status)
        .bind(wish.appointment_type.0)
        .bind(wish.priority.rank())
        .bind(wish.resource.map(|resource| resource.0))
        .bind(wish.from)
        .bind(wish.until);
    Some(statement)
}
