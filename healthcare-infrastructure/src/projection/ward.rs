//! `read.ward`, `read.bed`, `read.encounter`. A bed that two visits would hold is refused by the indexes `bed_held_once`
//! and `bed_encounter_once`, whoever was faster.

use chrono::{DateTime, Utc};
use healthcare_application::store::Change;
use healthcare_domain::{
    AnyState,
    encounter::Encounter,
    ward::{Bed, Ward},
};
use uuid::Uuid;

use super::{Statement, version_after};

/// The statements for all wards, beds and visits of some changes. What is given up is given up before anything is taken:
/// visits that change beds in one transaction do not stand in each other's way.
pub fn upsert(changes: &[&Change]) -> Vec<Statement> {
    let (mut visits, mut beds, mut all) = (Visits::default(), Beds::default(), Vec::new());
    for change in changes {
        match &change.state {
            AnyState::Ward(state) => all.extend(ward(change, state)),
            AnyState::Bed(state) => beds.add(change, state),
            AnyState::Encounter(state) => visits.add(change, state),
            _ => {}
        }
    }
    all.extend(beds.statements());
    all.extend(visits.statements());
    all
}

fn ward(change: &Change, state: &Ward) -> Option<Statement> {
    let (rooms, active) = match state {
        Ward::Undefined => return None,
        Ward::Open(rooms) => (rooms, true),
        Ward::Closed(rooms) => (rooms, false),
    };
    let upsert = "insert into read.ward as w (id, version, name, active) values ($1, $2, $3, $4)
        on conflict (id) do update set version = excluded.version, name = excluded.name, active = excluded.active
        where w.version < excluded.version";
    let name = rooms.profile.name.clone();
    Some(Statement::new(upsert).bind(change.id).bind(version_after(change)).bind(name).bind(active))
}

/// The columns of the beds.
#[derive(Default)]
struct Beds {
    id: Vec<Uuid>,
    version: Vec<i32>,
    ward_id: Vec<Uuid>,
    ward: Vec<String>,
    room: Vec<String>,
    name: Vec<String>,
    state: Vec<&'static str>,
    reason: Vec<Option<String>>,
    encounter: Vec<Option<Uuid>>,
    since: Vec<Option<DateTime<Utc>>>,
}

impl Beds {
    fn add(&mut self, change: &Change, state: &Bed) {
        let Some(place) = state.place() else { return };
        let (encounter, since, reason) = match state {
            Bed::Undefined | Bed::Free(_) | Bed::Retired(_) => (None, None, None),
            Bed::Occupied { encounter, since, .. } => (Some(encounter.0), Some(*since), None),
            Bed::Cleaning { since, .. } => (None, Some(*since), None),
            Bed::Blocked { since, reason, .. } => (None, Some(*since), serde_json::to_value(reason).ok()),
        };
        self.id.push(change.id);
        self.version.push(version_after(change));
        self.ward_id.push(place.ward_id.0);
        self.ward.push(place.ward.clone());
        self.room.push(place.room.clone());
        self.name.push(place.name.clone());
        self.state.push(state.status());
        self.reason.push(reason.and_then(|reason| reason.as_str().map(str::to_owned)));
        self.encounter.push(encounter);
        self.since.push(since);
    }

    fn statements(self) -> Vec<Statement> {
        if self.id.is_empty() {
            return vec![];
        }
        let given_up = "update read.bed b set encounter_id = null, state = 'free'
            from unnest($1::uuid[], $2::int[]) c(id, v) where b.id = c.id and b.version < c.v and b.encounter_id is not null";
        let given_up = Statement::new(given_up).bind(self.id.clone()).bind(self.version.clone());
        let upsert = "insert into read.bed as b
                (id, version, ward_id, ward, room, name, state, reason, encounter_id, since)
            select * from unnest($1::uuid[], $2::int[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[],
                                 $8::text[], $9::uuid[], $10::timestamptz[])
            on conflict (id) do update set version = excluded.version, ward_id = excluded.ward_id, ward = excluded.ward,
                room = excluded.room, name = excluded.name, state = excluded.state, reason = excluded.reason,
                encounter_id = excluded.encounter_id, since = excluded.since
            where b.version < excluded.version";
        let Self { id, version, ward_id, ward, room, name, state, reason, encounter, since } = self;
        let upsert = Statement::new(upsert).bind(id).bind(version).bind(ward_id).bind(ward).bind(room).bind(name);
        vec![given_up, upsert.bind(state).bind(reason).bind(encounter).bind(since)]
    }
}

/// The columns of the visits.
#[derive(Default)]
struct Visits {
    id: Vec<Uuid>,
    version: Vec<i32>,
    patient: Vec<Uuid>,
    class: Vec<&'static str>,
    status: Vec<&'static str>,
    active: Vec<bool>,
    ward: Vec<Option<String>>,
    bed: Vec<Option<Uuid>>,
    started: Vec<DateTime<Utc>>,
    ended: Vec<Option<DateTime<Utc>>>,
    moved: bool,
}

impl Visits {
    fn add(&mut self, change: &Change, state: &Encounter) {
        let (Some(patient), Some(visit)) = (change.patient, state.visit()) else { return };
        let (active, ended) = match state {
            Encounter::Planned { .. } | Encounter::Admitted { .. } => (true, None),
            Encounter::Discharged { at, .. } => (false, *at),
            Encounter::Cancelled { at, .. } => (false, Some(*at)),
            Encounter::NotAdmitted | Encounter::EnteredInError { .. } => (false, None),
        };
        self.id.push(change.id);
        self.version.push(version_after(change));
        self.patient.push(patient.0);
        self.class.push(visit.admission.class.as_str());
        self.status.push(state.status());
        self.active.push(active);
        self.ward.push(visit.admission.ward.clone());
        self.bed.push(state.holds().map(|bed| bed.0));
        self.started.push(visit.admission.started_at);
        self.ended.push(ended);
        self.moved |= change.expected > 0;
    }

    fn statements(self) -> Vec<Statement> {
        if self.id.is_empty() {
            return vec![];
        }
        let given_up = "update read.encounter e set bed_id = null from unnest($1::uuid[], $2::int[]) c(id, v)
            where e.id = c.id and e.version < c.v and e.bed_id is not null";
        let given_up = self.moved.then(|| Statement::new(given_up).bind(self.id.clone()).bind(self.version.clone()));
        let upsert = "insert into read.encounter as e
                (id, version, patient_id, class, status, active, ward, bed_id, started_at, ended_at)
            select * from unnest($1::uuid[], $2::int[], $3::uuid[], $4::text[], $5::text[], $6::bool[], $7::text[],
                                 $8::uuid[], $9::timestamptz[], $10::timestamptz[])
            on conflict (id) do update set version = excluded.version, patient_id = excluded.patient_id,
                class = excluded.class, status = excluded.status, active = excluded.active, ward = excluded.ward,
                bed_id = excluded.bed_id, started_at = excluded.started_at, ended_at = excluded.ended_at
            where e.version < excluded.version";
        let Self { id, version, patient, class, status, active, ward, bed, started, ended, moved: _ } = self;
        let upsert = Statement::new(upsert).bind(id).bind(version).bind(patient).bind(class).bind(status).bind(active);
        given_up.into_iter().chain([upsert.bind(ward).bind(bed).bind(started).bind(ended)]).collect()
    }
}
