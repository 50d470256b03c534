//! What a chart may show, in one query whose cost does not grow with the record.

use std::sync::LazyLock;

use healthcare_application::{Permit, StoreError, telemetry::Known, view::Row};
use healthcare_domain::id::PatientId;
use tokio_postgres::types::ToSql;

use super::entries::row_of;
use crate::database::{Database, Sight};

/// A device's number (l: device_id, patient_id, code, at, value) as a row of the chart.
const SHOWN: &str = "
select l.device_id, s.code, 'vital', l.patient_id, 0, false, false, l.at, coalesce(signal.coded, s.loinc),
    json_strip_nulls(json_build_object(
        'id', l.device_id, 'version', 0, 'status', 'final', 'patient', l.patient_id, 'device', l.device_id,
        'code', json_build_object('system', coalesce(signal.system, 'http://loinc.org'),
                                  'code', coalesce(signal.coded, s.loinc)),
        'measured_at', to_char(l.at at time zone 'utc', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"'),
        'measurement', json_build_object('sign', s.name, 'value', case s.name
            when 'consciousness' then to_json(substr('ACVPU', l.value::int + 1, 1))
            when 'on_oxygen' then to_json(l.value <> 0)
            else to_json(l.value::text) end, 'unit', s.unit)))::text";

/// Signals that the chart has under another code than telemetry.
const NAMED: &str =
    "left join (values ('on_oxygen', 'http://snomed.info/sct', '57485005')) signal (name, system, coded)
        on signal.name = s.name";

/// For each kind: all that is active, and the newest 21 (one more than is shown, to know whether there is more); for
/// vital signs the newest of each code, found by skipping from code to code along the index (by `limit`: a `min` reads all
/// the rest of the index wherever the planner thinks that it is little), and the newest number of each signal that
/// devices sent. Of what is kept whole the type alone, which stands at the beginning: a resource may be large.
static SQL: LazyLock<String> = LazyLock::new(|| {
    format!(
        "
with recursive code as (
    (select code c from read.entry where patient_id = $1 and kind = 'vital' and not struck and code is not null
     order by code limit 1)
    union all
    select next.c from code, lateral (
        select e.code c from read.entry e
        where e.patient_id = $1 and e.kind = 'vital' and not e.struck and e.code > code.c order by e.code limit 1) next
)
select id, item, kind, patient_id, version, active, struck, at, code, body
    from read.entry where id = $1 and kind = 'patient'
union all
select newest.* from unnest(array['allergy', 'problem', 'medication', 'laboratory', 'encounter', 'procedure',
                                  'immunization', 'family_history', 'social_history', 'plan', 'note', 'report', 'consent', 'alert', 'suggestion']) as k(kind),
    lateral (select id, item, kind, patient_id, version, active, struck, at, code, body from read.entry
             where patient_id = $1 and kind = k.kind and not struck
             order by at desc, id desc, item desc limit 21) newest
union
select id, item, kind, patient_id, version, active, struck, at, code, body
    from read.entry where patient_id = $1 and active and not struck
        and kind in ('allergy', 'problem', 'medication', 'laboratory', 'encounter', 'procedure',
                     'immunization', 'family_history', 'social_history', 'plan', 'note', 'report', 'consent', 'alert', 'suggestion')
union all
select latest.* from code, lateral (
    select id, item, kind, patient_id, version, active, struck, at, code, body from read.entry
    where patient_id = $1 and kind = 'vital' and code = code.c and not struck
    order by at desc, id desc, item desc limit 1) latest
union all
{SHOWN}
    from telemetry.latest l join telemetry.signal s using (code)
    {NAMED}
    where l.patient_id = $1 and l.device_id is not null
union all
(select id, item, kind, patient_id, version, active, struck, at, code,
    json_build_object('id', id, 'content', json_build_object(
        'resource_type', substring(substr(body, 1, 400) from '\"resource_type\":\"([A-Za-z]+)\"')))::text
    from read.entry where patient_id = $1 and kind = 'external' and not struck
    order by at desc, id desc, item desc limit 21)"
    )
});

/// Of each signal the newest number that had been received by $5, as [`super::vitals::NEWEST`] finds it.
static READINGS: LazyLock<String> = LazyLock::new(|| {
    format!("{SHOWN} from ({}) l join telemetry.signal s using (code) {NAMED}", super::vitals::NEWEST)
});

/// What devices had sent of a patient, as it was known, as rows of the chart.
pub async fn readings(
    db: &Database,
    permit: &Permit,
    patient: PatientId,
    known: &Known,
) -> Result<Vec<Row>, StoreError> {
    if permit.patient() != Some(patient) {
        return Ok(vec![]);
    }
    let (devices, since, until) = super::vitals::stretches(known);
    let params: [&(dyn ToSql + Sync); 5] = [&patient.0, &devices, &since, &until, &known.by];
    let rows = db.read_as(&Sight::of(permit), &READINGS, &params).await?;
    rows.iter().map(row_of).collect()
}

/// The rows a chart is put together from.
pub async fn rows(db: &Database, permit: &Permit, patient: PatientId) -> Result<Vec<Row>, StoreError> {
    if permit.patient() != Some(patient) {
        return Ok(vec![]);
    }
    let rows = db.read_as(&Sight::of(permit), &SQL, &[&patient.0]).await?;
    rows.iter().map(row_of).collect()
}
