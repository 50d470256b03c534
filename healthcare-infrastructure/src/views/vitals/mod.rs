//! Vital signs over time: what devices sent while they were on the patient, and what was charted by hand.

mod known;
mod trend;
mod values;

use healthcare_application::{
    Permit, StoreError,
    telemetry::{Aggregate, POINTS, Point, Series, VitalsQuery, VitalsSeries},
};
use tokio_postgres::{Row, types::ToSql};

pub use self::{
    known::{devices_of, kept_since, series_known, stretches},
    values::NEWEST,
};
use self::{
    trend::Whole,
    values::{Sources, WANTED, held_under},
};
use crate::database::{Database, Sight};

/// Each value by itself, in time. $8 how many at most.
fn each(sources: &Sources) -> String {
    let Sources { measured, clock_off, charted } = sources;
    format!(
        "with {WANTED}
         select s.loinc, s.name, s.unit, v.at, v.value, v.quality, v.device_id
         from ({measured} union all {clock_off} union all {charted}) v
         join telemetry.signal s using (code) order by v.at, v.code limit $8"
    )
}

/// The values of the permit's patient.
///
/// # Errors
/// When the database does not answer.
pub async fn series(db: &Database, permit: &Permit, query: &VitalsQuery) -> Result<VitalsSeries, StoreError> {
    let VitalsQuery { patient, codes, from, to, step } = query;
    if permit.patient() != Some(*patient) {
        return Ok(answer(query, vec![]));
    }
    let limit = i64::from(POINTS) + 1;
    let width = step.map(|step| i32::try_from(step).unwrap_or(i32::MAX));
    let whole = step.and_then(|step| Whole::of(*from, *to, step));
    let sql = match (step, &whole) {
        (None, _) => each(&Sources::of_now()),
        (Some(_), None) => trend::from_readings(&Sources::of_now()),
        (Some(_), Some(_)) => trend::from_rollups(),
    };
    let (signals, entries, components) = held_under();
    let mut params: Vec<&(dyn ToSql + Sync)> =
        vec![&patient.0, from, to, codes, &signals, &entries, &components, &limit];
    if let Some(width) = &width {
        params.push(width);
    }
    if let Some(Whole { minutes, hours }) = &whole {
        params.extend::<[&(dyn ToSql + Sync); 4]>([&minutes.0, &minutes.1, &hours.0, &hours.1]);
    }
    Ok(answer(query, db.read_as(&Sight::of(permit), &sql, &params).await?))
}

/// The rows as series, of which one too many was asked for.
fn answer(query: &VitalsQuery, mut rows: Vec<Row>) -> VitalsSeries {
    let VitalsQuery { patient: _, codes: _, from, to, step } = query;
    let mut answer = VitalsSeries { from: *from, to: *to, step: *step, series: vec![], next_from: None };
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
    answer
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
