//! What was known of a patient, moment by moment.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, HashMap, HashSet},
};

use chrono::{DateTime, Duration, Utc};
use healthcare_domain::{AnyState, StreamType};
use healthcare_dss::Facts;
use uuid::Uuid;

use crate::{
    decision::{ENDS_FACTS, GCS, NEWEST, Reading, Said, VITALS, VITALS_HOURS, gather, is_hook},
    store::{Recorded, StoreError},
    view::{Kind, Of, Row, rows},
};

/// How long before the time asked for the simulation begins, so that what was told shortly before is not told anew.
pub const RUN_IN_DAYS: i64 = 30;

/// The streams that facts come from, and the answers to suggestions. Those of other kinds only say when to look.
pub const FACT_STREAMS: [StreamType; 9] = [
    StreamType::Patient,
    StreamType::Allergy,
    StreamType::Problem,
    StreamType::Vitals,
    StreamType::Observation,
    StreamType::MedicationOrder,
    StreamType::Encounter,
    StreamType::Immunization,
    StreamType::Suggestion,
];

/// The events after which a patient is looked at: those that the rules in force or the rules on trial listen to, and
/// those that end facts. As the reviewer does it live. `triggers` are those of the rules.
pub fn wanted_events<'a>(triggers: impl IntoIterator<Item = &'a str>) -> HashSet<String> {
    let listened = triggers.into_iter().filter(|name| !is_hook(name));
    listened.chain(ENDS_FACTS).map(str::to_owned).collect()
}

/// Events in the order in which they became known. Within a stream the order of its versions stands, whatever its
/// sources say.
pub fn in_order(events: &mut [Recorded]) {
    events.sort_by_key(|one| (one.stream_id, one.version));
    let mut last: Option<(Uuid, DateTime<Utc>)> = None;
    for one in events.iter_mut() {
        if let Some((stream, known_at)) = last
            && stream == one.stream_id
        {
            one.known_at = one.known_at.max(known_at);
        }
        last = Some((one.stream_id, one.known_at));
    }
    events.sort_by_key(|one| (one.known_at, one.seq));
}

/// The record as far as it is known.
#[derive(Default)]
pub struct Known {
    streams: BTreeMap<Uuid, Stream>,
}

struct Stream {
    state: AnyState,
    of: Of,
    rows: Vec<Row>,
    /// What each row says to a rule; none until somebody asks.
    said: Option<Vec<Said>>,
    stale: bool,
}

impl Known {
    /// Takes an event in.
    pub fn take(&mut self, one: &Recorded) {
        if !FACT_STREAMS.contains(&one.stream) || one.stream == StreamType::Suggestion {
            return;
        }
        let of = Of { id: one.stream_id, version: one.version, patient: one.patient, at: one.occurred_at };
        let stream = self.streams.entry(one.stream_id).or_insert_with(|| Stream {
            state: AnyState::empty(one.stream),
            of,
            rows: vec![],
            said: None,
            stale: true,
        });
        stream.state.apply(&one.event);
        (stream.of, stream.stale) = (of, true);
    }

    /// The rows that drug safety is judged on, as they would have been read at that moment: demographics, what is active,
    /// the newest five of each measured code, and the vital signs of a day.
    pub fn rows(&mut self, at: DateTime<Utc>) -> Vec<Row> {
        self.refresh();
        self.seen(at).into_iter().map(|(row, ..)| row.clone()).collect()
    }

    /// What those rows come to. Each row is read once, however often it is looked at.
    ///
    /// # Errors
    /// When a row is damaged.
    pub fn facts(&mut self, reading: Reading<'_>, at: DateTime<Utc>) -> Result<Facts, StoreError> {
        self.refresh();
        for stream in self.streams.values_mut().filter(|stream| stream.said.is_none()) {
            let said = stream.rows.iter().map(|row| Said::of(reading.knowledge, row));
            stream.said = Some(said.collect::<Result<_, _>>()?);
        }
        let seen = self.seen(at);
        let said: Vec<&Said> = seen.iter().filter_map(|(_, stream, nth)| stream.said.as_ref()?.get(*nth)).collect();
        Ok(gather(reading, &said, at))
    }

    /// Renders what has changed since.
    fn refresh(&mut self) {
        for stream in self.streams.values_mut().filter(|stream| stream.stale) {
            stream.rows = rows(&stream.state, stream.of);
            (stream.said, stream.stale) = (None, false);
        }
    }

    /// The rows that are read at a moment, in order, each with its stream and its place there.
    fn seen(&self, at: DateTime<Utc>) -> Vec<Seen<'_>> {
        let day = at - Duration::hours(VITALS_HOURS);
        let mut newest: HashMap<(Kind, Option<&str>), Vec<Seen<'_>>> = HashMap::new();
        let mut found: Vec<Seen<'_>> = vec![];
        let all = self
            .streams
            .values()
            .flat_map(|stream| stream.rows.iter().enumerate().map(move |(nth, row)| (row, stream, nth)));
        for seen in all.filter(|(row, ..)| !row.struck) {
            let row = seen.0;
            match row.kind {
                Kind::Patient | Kind::Immunization => found.push(seen),
                Kind::Allergy | Kind::Problem | Kind::Medication | Kind::Encounter if row.active => found.push(seen),
                Kind::Laboratory | Kind::Vital => {
                    newest.entry((row.kind, row.code.as_deref())).or_default().push(seen);
                }
                Kind::Observation if row.code.as_deref() == Some(GCS) => {
                    newest.entry((row.kind, row.code.as_deref())).or_default().push(seen);
                }
                // The rest says nothing to a rule.
                _ => {}
            }
        }
        for mut of_code in newest.into_values() {
            of_code.sort_unstable_by_key(|(row, ..)| Reverse((row.at, row.id, row.item)));
            let of_day = |row: &Row| row.kind == Kind::Vital && row.at > day;
            let read = of_code.into_iter().take(VITALS).enumerate();
            found.extend(read.filter(|(n, (row, ..))| *n < NEWEST || of_day(row)).map(|(_, seen)| seen));
        }
        found.sort_by_key(|(row, ..)| (row.kind, row.at, row.id, row.item));
        found
    }
}

/// A row, its stream, and its place there.
type Seen<'a> = (&'a Row, &'a Stream, usize);

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> DateTime<Utc> {
        "2026-11-22T16:00:00Z".parse().unwrap()
    }

    /// One measured so many times, an hour apart.
    fn hourly(kind: Kind, code: &str, times: i64) -> Known {
        let rows = (0..times).map(|hours| Row {
            kind,
            id: Uuid::from_u128(1),
            item: 0,
            patient: None,
            version: 1,
            active: false,
            struck: false,
            at: now() - Duration::hours(hours),
            code: Some(code.to_owned()),
            body: String::new(),
        });
        let of = Of { id: Uuid::from_u128(1), version: 1, patient: None, at: now() };
        let stream =
            Stream { state: AnyState::empty(StreamType::Vitals), of, rows: rows.collect(), said: None, stale: false };
        Known { streams: BTreeMap::from([(of.id, stream)]) }
    }

    #[test]
    fn the_vital_signs_of_a_day_are_known_and_the_newest_five_where_there_are_fewer() {
        assert_eq!(hourly(Kind::Vital, "8867-4", 40).rows(now()).len(), 25);
        assert_eq!(hourly(Kind::Vital, "8867-4", 40).rows(now() + Duration::days(9)).len(), NEWEST);
        assert_eq!(hourly(Kind::Laboratory, "2823-3", 40).rows(now()).len(), NEWEST);
    }
}
