//! Vital signs over time: what devices sent while they were on the patient, and what was charted by hand.

use healthcare_application::{
    Permit, StoreError,
    telemetry::{Aggregate, POINTS, Point, Series, VitalsQuery, VitalsSeries},
};
use healthcare_domain::vitals::VitalSign;
use tokio_postgres::{Row, types::ToSql};

use crate::database::{Database, Sight};

/// All values, in time: (code, at, value, quality, device_id). The assignments lead to the readings by their primary
/// key; the few with a wrong clock are found by the time of receipt; charted values stand in the chart.
/// $1 the patient, $2 from, $3 to, $4 the LOINC codes or an empty array, $5 to $7 as [`held_under`] tells.
const VALUES: &str = "
    with wanted as (select code, loinc, unit from telemetry.signal where cardinality($4::text[]) = 0 or loinc = any($4))
    select r.code, r.time as at, r.value, r.quality, r.device_id
    from telemetry.assignment a
    cross join wanted w
    join telemetry.reading r on r.device_id = a.device_id and r.code = w.code
        and r.time >= greatest(a.valid_from, $2) and r.time < least(coalesce(a.valid_to, 'infinity'), $3)
        and r.quality & 4 = 0
    where a.patient_id = $1 and a.valid_from < $3 and (a.valid_to is null or a.valid_to > $2)
    union all
    select r.code, r.received_at, r.value, r.quality, r.device_id
    from wanted w join telemetry.reading r on r.code = w.code
    where r.patient_id = any(es.identities($1)) and r.received_at >= $2 and r.received_at < $3 and r.quality & 4 <> 0
    union all
    select w.code, e.at, found.value, 0::int2, null::uuid
    from unnest($5::text[], $6::text[], $7::text[]) k (signal, entry, component)
    join wanted w on w.loinc = k.signal
    join read.entry e on e.code = k.entry
    cross join lateral (select e.body::jsonb as doc) held
    cross join lateral (
        select case when k.component is null then doc else (
            select c from jsonb_array_elements(
                case jsonb_typeof(doc -> 'components') when 'array' then doc -> 'components' else '[]' end) c
            where exists (select from jsonb_array_elements(c #> '{code,coding}') o where o ->> 'code' = k.component)
            limit 1) end as part) one
    cross join lateral (
        select case
            when k.component is null and doc ? 'measurement' then
                case doc #>> '{measurement,value}'
                    when 'A' then 0 when 'C' then 1 when 'V' then 2 when 'P' then 3 when 'U' then 4
                    when 'true' then 1 when 'false' then 0
                    else (doc #>> '{measurement,value}')::float8 end
            when part #>> '{value,quantity,unit}' = w.unit then (part #>> '{value,quantity,value}')::float8
            when part #>> '{value,quantity,unit}' = '[degF]' and w.unit = 'Cel'
                then round((((part #>> '{value,quantity,value}')::numeric - 32) * 5 / 9), 2)::float8
        end as value) found
    where e.patient_id = $1 and e.kind = 'vital' and not e.struck and e.at >= $2 and e.at < $3
        and found.value is not null";

/// Under which codes the record holds each signal: the signal, the code of the entry, and the component within it
/// where it is a panel.
fn held_under() -> (Vec<&'static str>, Vec<&'static str>, Vec<Option<&'static str>>) {
    // Consciousness, and oxygen therapy (SNOMED CT), which stand in the chart beside the vital signs.
    let beside = [("80288-4", "80288-4", None), ("on_oxygen", "57485005", None)];
    let of_sign = |sign: VitalSign| {
        let whole = sign.loincs().iter().map(move |code| (sign.loinc(), *code, None));
        whole.chain(sign.panels().iter().map(move |panel| (sign.loinc(), *panel, Some(sign.loinc()))))
    };
    let all = VitalSign::ALL.into_iter().flat_map(of_sign).chain(beside);
    let (mut signals, mut entries, mut components) = (vec![], vec![], vec![]);
    for (signal, entry, component) in all {
        signals.push(signal);
        entries.push(entry);
        components.push(component);
    }
    (signals, entries, components)
}

/// The values of the permit's patient.
///
/// # Errors
/// When the database does not answer.
pub async fn series(db: &Database, permit: &Permit, query: &VitalsQuery) -> Result<VitalsSeries, StoreError> {
    let VitalsQuery { patient, codes, from, to, step } = query;
    let mut answer = VitalsSeries { from: *from, to: *to, step: *step, series: vec![], next_from: None };
    if permit.patient() != Some(*patient) {
        return Ok(answer);
    }
    let limit = i64::from(POINTS) + 1;
    let (sql, width) = match step {
        None => (
            format!(
                "select s.loinc, s.name, s.unit, v.at, v.value, v.quality, v.device_id
                 from ({VALUES}) v join telemetry.signal s using (code) order by v.at, v.code limit $8"
            ),
            None,
        ),
        Some(step) => (
            format!(
                "select s.loinc, s.name, s.unit, b.at, b.n, b.low, b.high, b.mean
                 from (select code, date_bin($9::int * interval '1 second', at, 'epoch') as at, count(*) n,
                           min(value) low, max(value) high, avg(value) mean
                       from ({VALUES}) v where value is not null group by 1, 2) b
                 join telemetry.signal s using (code) order by b.at, b.code limit $8"
            ),
            Some(i32::try_from(*step).unwrap_or(i32::MAX)),
        ),
    };
    let (signals, entries, components) = held_under();
    let mut params: Vec<&(dyn ToSql + Sync)> =
        vec![&patient.0, from, to, codes, &signals, &entries, &components, &limit];
    if let Some(width) = &width {
        params.push(width);
    }
    let mut rows = db.read_as(&Sight::of(permit), &sql, &params).await?;
    if rows.len() > usize::from(POINTS) {
        // A page ends between two moments, so that the next one neither repeats nor leaves out any value of one.
        let next: chrono::DateTime<chrono::Utc> = rows[rows.len() - 1].get(3);
        let whole = rows.partition_point(|row| row.get::<_, chrono::DateTime<chrono::Utc>>(3) < next);
        if whole > 0 {
            rows.truncate(whole);
            answer.next_from = Some(next);
        }
    }
    for row in &rows {
        let of = series_of(&mut answer.series, row);
        match step {
            None => of.points.push(Point {
                at: row.get(3),
                value: row.get(4),
                flags: flags(row.get(5)),
                device: row.get(6),
            }),
            Some(_) => of.buckets.push(Aggregate {
                at: row.get(3),
                count: row.get(4),
                min: row.get(5),
                max: row.get(6),
                avg: row.get(7),
            }),
        }
    }
    Ok(answer)
}

/// The series a row belongs to, made when it is the first of its signal.
fn series_of<'a>(all: &'a mut Vec<Series>, row: &Row) -> &'a mut Series {
    let code: &str = row.get(0);
    let place = all.iter().position(|series| series.code == code).unwrap_or_else(|| {
        all.push(Series { code: code.to_owned(), name: row.get(1), unit: row.get(2), points: vec![], buckets: vec![] });
        all.len() - 1
    });
    &mut all[place]
}

/// The flags of `telemetry.reading.quality`.
fn flags(quality: i16) -> Vec<&'static str> {
    [(1, "unusual"), (2, "late"), (4, "clock_off"), (8, "no_signal")]
        .into_iter()
        .filter_map(|(bit, name)| (quality & bit != 0).then_some(name))
        .collect()
}
