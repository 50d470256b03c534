//! The state of the patients: locked, read, and written back in one transaction with what changed it.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{DateTime, Datelike, NaiveDate, Utc};
use deadpool_postgres::Transaction;
use healthcare_domain::{
    alert::Priority,
    id::{DeviceId, PatientId},
};
use tokio_postgres::{
    Error, Row, Statement,
    types::{Json, ToSql},
};
use uuid::Uuid;

use super::{copy::as_number, pregnancy};
use crate::{
    alert::{LimitOverride, Policy, Rule},
    enrich::Assignment,
    monitor::{Monitor, OpenAlert},
    pipeline::{Bedside, Bedsides},
    score::{Profile, Source},
};

/// Locks the patients and reads their state, with what the record says of their alerts and devices. The lock is
/// held to the end of the transaction: one node at a time decides on a patient.
///
/// # Errors
/// When the database does not answer, or a state cannot be read.
pub async fn lock(
    tx: &Transaction<'_>,
    patients: &BTreeSet<PatientId>,
    policy: &Policy,
    now: DateTime<Utc>,
) -> Result<Bedsides, Error> {
    let today = policy.zone.local(now).date();
    let ids: Vec<Uuid> = patients.iter().map(|patient| patient.0).collect();
    let create = tx
        .prepare_cached(
            "insert into telemetry.monitor (patient_id) select p from unnest($1::uuid[]) p order by p
             on conflict do nothing",
        )
        .await?;
    let states = tx
        .prepare_cached(
            "select m.patient_id, m.state, m.limits, p.birth_date, m.pregnant
             from telemetry.monitor m left join read.patient p on p.id = m.patient_id
             where m.patient_id = any($1) order by m.patient_id for update of m",
        )
        .await?;
    let of_these: [&(dyn ToSql + Sync); 1] = [&ids];
    let record = Record::prepare(tx).await?;
    // Sent in this order and run in this order: the record is read under the locks.
    let (_, states, record) =
        futures::try_join!(tx.execute(&create, &of_these), tx.query(&states, &of_these), record.read(tx, &ids))?;
    let mut bedsides = Bedsides::with_capacity(ids.len());
    for row in states {
        let patient = PatientId(row.get(0));
        let monitor = row.try_get::<_, Option<Json<Monitor>>>(1)?.map(|Json(state)| state).unwrap_or_default();
        let Json(overrides) = row.try_get::<_, Json<Vec<LimitOverride>>>(2)?;
        let pregnant = row.get(4);
        let profile = Profile { age_years: row.get::<_, Option<NaiveDate>>(3).map(|born| age(born, today)), pregnant };
        bedsides.insert(patient, Bedside { monitor, profile, overrides, devices: vec![] });
    }
    hold_to_the_record(record, &mut bedsides, now);
    look_up_pregnancy(tx, &mut bedsides).await?;
    Ok(bedsides)
}

/// Looks up who is pregnant where the problem list changed since it was last looked at; it is kept with the state.
async fn look_up_pregnancy(tx: &Transaction<'_>, bedsides: &mut Bedsides) -> Result<(), Error> {
    let open = bedsides.iter().filter(|(_, bed)| bed.profile.pregnant.is_none());
    let unknown: Vec<Uuid> = open.map(|(patient, _)| patient.0).collect();
    let pregnant = pregnancy::look_up(tx, &unknown).await?;
    for patient in unknown {
        if let Some(bed) = bedsides.get_mut(&PatientId(patient)) {
            bed.profile.pregnant = Some(pregnant.contains(&patient));
        }
    }
    Ok(())
}

/// The statements that read what the record says of the patients.
struct Record {
    alerts: Statement,
    underway: Statement,
    assignments: Statement,
}

/// What it says: open alerts, changes of them under way, assignments of devices.
type Said = (Vec<Row>, Vec<Row>, Vec<Row>);

impl Record {
    async fn prepare(tx: &Transaction<'_>) -> Result<Self, Error> {
        let alerts = tx
            .prepare_cached(
                "select patient_id, code, body::jsonb ->> 'priority', body::jsonb ->> 'status' = 'acknowledged'
                 from read.entry where kind = 'alert' and active and not struck and patient_id = any($1)",
            )
            .await?;
        let underway = tx
            .prepare_cached(
                "select patient_id, rule, change #>> '{content,priority}' from telemetry.alert_change
                 where patient_id = any($1) order by id",
            )
            .await?;
        let assignments = tx
            .prepare_cached(
                "select patient_id, device_id, valid_from, valid_to from telemetry.assignment
                 where patient_id = any($1)",
            )
            .await?;
        Ok(Self { alerts, underway, assignments })
    }

    async fn read(&self, tx: &Transaction<'_>, ids: &[Uuid]) -> Result<Said, Error> {
        let of_these: [&(dyn ToSql + Sync); 1] = [&ids];
        futures::try_join!(
            tx.query(&self.alerts, &of_these),
            tx.query(&self.underway, &of_these),
            tx.query(&self.assignments, &of_these)
        )
    }
}

/// Brings in the answers given to alerts, alerts ended by others, and assignments changed afterwards.
fn hold_to_the_record((alerts, underway, assignments): Said, bedsides: &mut Bedsides, now: DateTime<Utc>) {
    let mut open: HashMap<Uuid, BTreeMap<Rule, OpenAlert>> = HashMap::new();
    for row in alerts {
        // Other parts of the house raise alerts by rules of their own.
        let (Some(rule), Some(priority)) = (rule(&row, 1), priority(&row, 2)) else { continue };
        let alert = OpenAlert { rule, priority, acknowledged: row.get(3) };
        open.entry(row.get(0)).or_default().insert(rule, alert);
    }
    for row in underway {
        let Some(rule) = rule(&row, 1) else { continue };
        let of_patient = open.entry(row.get(0)).or_default();
        match priority(&row, 2) {
            // Raised, or worse than before: it wants an answer again.
            Some(priority) => drop(of_patient.insert(rule, OpenAlert { rule, priority, acknowledged: false })),
            None => drop(of_patient.remove(&rule)),
        }
    }
    for row in assignments {
        let patient = PatientId(row.get(0));
        if let Some(bedside) = bedsides.get_mut(&patient) {
            let stretch = Assignment { patient, from: row.get(2), to: row.get(3) };
            bedside.devices.push((DeviceId(row.get(1)), stretch));
        }
    }
    for (patient, bedside) in bedsides {
        let alerts: Vec<OpenAlert> = open.remove(&patient.0).unwrap_or_default().into_values().collect();
        bedside.monitor.sync(&alerts, now);
        bedside.monitor.hold_to_assignments(&bedside.devices);
    }
}

fn rule(row: &Row, column: usize) -> Option<Rule> {
    row.get::<_, Option<&str>>(column).and_then(|text| text.parse().ok())
}

fn priority(row: &Row, column: usize) -> Option<Priority> {
    match row.get::<_, Option<&str>>(column)? {
        "low" => Some(Priority::Low),
        "medium" => Some(Priority::Medium),
        "high" => Some(Priority::High),
        _ => None,
    }
}

/// Writes the states back, and the latest values with them.
///
/// # Errors
/// When the database refuses.
pub async fn save(tx: &Transaction<'_>, bedsides: &Bedsides, policy: &Policy, now: DateTime<Utc>) -> Result<(), Error> {
    let (mut ids, mut states, mut due, mut pregnant) = (vec![], vec![], vec![], vec![]);
    let mut latest = Latest::default();
    for (patient, bedside) in bedsides {
        ids.push(patient.0);
        states.push(Json(&bedside.monitor));
        pregnant.push(bedside.profile.pregnant);
        due.push(bedside.monitor.due_at(policy, now));
        for (signal, value) in bedside.monitor.known().all() {
            latest.patient.push(patient.0);
            latest.code.push(signal.number());
            latest.value.push(as_number(&value.value));
            latest.at.push(value.at);
            latest.received.push(value.received_at);
            let (device, vitals) = match &value.source {
                Source::Device { device, .. } => (Some(device.0), None),
                Source::Charted { vitals } => (None, Some(vitals.0)),
            };
            latest.device.push(device);
            latest.vitals.push(vitals);
        }
    }
    let write = tx
        .prepare_cached(
            "update telemetry.monitor m set state = i.state, due_at = i.due_at, pregnant = i.pregnant,
                 updated_at = clock_timestamp()
             from unnest($1::uuid[], $2::json[], $3::timestamptz[], $4::bool[]) i (patient_id, state, due_at, pregnant)
             where m.patient_id = i.patient_id",
        )
        .await?;
    // What came with a merge (it has another home) was measured at another bedside: this one never knew it. It gives way to
    // what is newer, and is forgotten once struck, or once it is known that its device was not on the patient then.
    let forget = tx
        .prepare_cached(
            "delete from telemetry.latest l where l.patient_id = any($1) and case when l.home is null
                 then not exists (
                     select from unnest($2::uuid[], $3::int2[]) i (p, c) where i.p = l.patient_id and i.c = l.code)
                 else exists (select from read.entry e where e.id = l.vitals_id and e.item = 0 and e.struck)
                     or l.device_id is not null and not exists (
                         select from telemetry.assignment a
                         where a.device_id = l.device_id and a.valid_from <= l.at and (a.valid_to is null or l.at < a.valid_to)
                             and a.patient_id in (l.patient_id,
                                 (select s.survivor from es.survivor s where s.patient_id = l.patient_id))) end",
        )
        .await?;
    let upsert = tx
        .prepare_cached(
            "insert into telemetry.latest as l (patient_id, code, value, at, received_at, device_id, vitals_id)
             select * from unnest($1::uuid[], $2::int2[], $3::float8[], $4::timestamptz[], $5::timestamptz[],
                                  $6::uuid[], $7::uuid[])
             on conflict (patient_id, code) do update set value = excluded.value, at = excluded.at,
                 received_at = excluded.received_at, device_id = excluded.device_id, vitals_id = excluded.vitals_id,
                 home = null
             where (l.home is null or excluded.at > l.at) and (l.at, l.value, l.device_id, l.vitals_id)
                 is distinct from (excluded.at, excluded.value, excluded.device_id, excluded.vitals_id)",
        )
        .await?;
    let Latest { patient, code, value, at, received, device, vitals } = &latest;
    let monitors: [&(dyn ToSql + Sync); 4] = [&ids, &states, &due, &pregnant];
    let known: [&(dyn ToSql + Sync); 3] = [&ids, patient, code];
    let values: [&(dyn ToSql + Sync); 7] = [patient, code, value, at, received, device, vitals];
    futures::try_join!(tx.execute(&write, &monitors), tx.execute(&forget, &known), tx.execute(&upsert, &values),)?;
    Ok(())
}

#[derive(Default)]
struct Latest {
    patient: Vec<Uuid>,
    code: Vec<i16>,
    value: Vec<f64>,
    at: Vec<DateTime<Utc>>,
    received: Vec<DateTime<Utc>>,
    device: Vec<Option<Uuid>>,
    vitals: Vec<Option<Uuid>>,
}

/// Completed years of life on a day.
fn age(birth: NaiveDate, today: NaiveDate) -> u16 {
    let before_birthday = (today.month(), today.day()) < (birth.month(), birth.day());
    u16::try_from(today.year() - birth.year() - i32::from(before_birthday)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_year_is_complete_on_the_birthday() {
        let birth = NaiveDate::from_ymd_opt(2010, 11, 21).unwrap();
        assert_eq!(age(birth, NaiveDate::from_ymd_opt(2026, 11, 20).unwrap()), 15);
        assert_eq!(age(birth, NaiveDate::from_ymd_opt(2026, 11, 21).unwrap()), 16);
    }
}
