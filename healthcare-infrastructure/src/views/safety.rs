//! What drug safety is judged on, read in one snapshot with the version of the patient's safety row.

use healthcare_application::{Permit, StoreError, decision, read::SafetyFacts};
use healthcare_domain::id::PatientId;

use super::entries::row_of;
use crate::database::{Database, Sight};

/// Active allergies, problems, medications, visits and suggestions, vaccinations, with the newest answer to each finding,
/// however many and however long ago, for an answer holds until there is something newer; the newest of each laboratory and
/// vital code, the vital signs of a day, the newest coma scales of other headings, and the newest of each signal that
/// devices sent; demographics. How many is said by
/// `NEWEST`, `VITALS` and `VITALS_HOURS` of the application, as a backtest reads. The first row carries the version of the
/// safety row and the position in the log.
const SQL: &str = "
with recursive code as (
    (select kind, code from read.entry where patient_id = $1 and kind in ('laboratory', 'vital') and not struck
     order by kind, code limit 1)
    union all
    select n.kind, n.code from code, lateral (
        select kind, code from read.entry
        where patient_id = $1 and kind in ('laboratory', 'vital') and not struck and (kind, code) > (code.kind, code.code)
        order by kind, code limit 1) n
),
facts as (
    select id, item, kind, patient_id, version, active, struck, at, code, body
        from read.entry where id = $1 and kind = 'patient'
    union all
    select id, item, kind, patient_id, version, active, struck, at, code, body
        from read.entry where patient_id = $1 and active and not struck
            and kind in ('allergy', 'problem', 'medication', 'suggestion', 'encounter')
    union all
    (select distinct on (code) id, item, kind, patient_id, version, active, struck, at, code, body
        from read.entry where patient_id = $1 and kind = 'suggestion' and not active and not struck
            and body::jsonb ->> 'status' in ('accepted', 'overridden')
        order by code, at desc, id desc, item desc)
    union all
    (select id, item, kind, patient_id, version, active, struck, at, code, body
        from read.entry where patient_id = $1 and kind = 'immunization' and not struck
        order by at desc, id desc, item desc limit 200)
    union all
    select latest.* from code, lateral (
        select id, item, kind, patient_id, version, active, struck, at, code, body from read.entry e
        where e.patient_id = $1 and e.kind = code.kind and e.code = code.code and not e.struck
        order by at desc, id desc, item desc limit $2) latest
    union all
    (select id, item, kind, patient_id, version, active, struck, at, code, body
        from read.entry where patient_id = $1 and kind = 'observation' and code = $5 and not struck
        order by at desc, id desc, item desc limit $2)
    union all
    select of_day.* from code, lateral (
        select id, item, kind, patient_id, version, active, struck, at, code, body from read.entry e
        where e.patient_id = $1 and e.kind = code.kind and e.code = code.code and not e.struck
            and e.at > now() - make_interval(hours => $4)
        order by at desc, id desc, item desc offset $2 limit $3) of_day where code.kind = 'vital'
    union all
    select l.device_id, s.code, 'vital', l.patient_id, 0, false, false, l.at, coalesce(signal.coded, s.loinc),
        json_strip_nulls(json_build_object(
            'id', l.device_id, 'version', 0, 'status', 'final', 'patient', l.patient_id, 'device', l.device_id,
            'code', json_build_object('system', coalesce(signal.system, 'http://loinc.org'),
                                      'code', coalesce(signal.coded, s.loinc)),
            'measured_at', to_char(l.at at time zone 'utc', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"'),
            'measurement', json_build_object('sign', s.name, 'value', case s.name
                when 'consciousness' then to_json(substr('ACVPU', l.value::int + 1, 1))
                when 'on_oxygen' then to_json(l.value <> 0)
                else to_json(l.value::text) end, 'unit', s.unit)))::text
        from telemetry.latest l join telemetry.signal s using (code)
        left join (values ('on_oxygen', 'http://snomed.info/sct', '57485005')) signal (name, system, coded)
            on signal.name = s.name
        where l.patient_id = $1 and l.device_id is not null
)
select f.*, coalesce((select version from es.safety where patient_id = $1), 0),
    (select coalesce(max(seq), 0) from es.event where patient_id = $1),
    pg_current_snapshot()::text from facts f";

/// How many of each code, how many more of a vital sign, and of how many hours.
const NEWEST: i64 = decision::NEWEST as i64;
const MORE: i64 = (decision::VITALS - decision::NEWEST) as i64;
const HOURS: i32 = decision::VITALS_HOURS as i32;

/// The facts and their version.
pub async fn facts(db: &Database, permit: &Permit, patient: PatientId) -> Result<SafetyFacts, StoreError> {
    if permit.patient() != Some(patient) {
        return Ok(SafetyFacts { version: 0, position: 0, snapshot: String::new(), rows: vec![] });
    }
    let rows = db.read_as(&Sight::of(permit), SQL, &[&patient.0, &NEWEST, &MORE, &HOURS, &decision::GCS]).await?;
    let first = rows.first();
    let (version, position) = first.map_or((0, 0), |row| (row.get(10), row.get(11)));
    let snapshot = first.map(|row| row.get(12)).unwrap_or_default();
    Ok(SafetyFacts { version, position, snapshot, rows: rows.iter().map(row_of).collect::<Result<_, _>>()? })
}
