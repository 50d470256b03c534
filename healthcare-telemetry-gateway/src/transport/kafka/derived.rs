//! What is told of a group that was processed: its readings in our codes, with their patients, and new scores.

use super::{Topics, producer::Outgoing, raw::About};
use crate::{enrich::Enriched, ingest::Stored, monitor::Scored};

/// The messages of a group, in the order of its readings.
pub(super) fn messages(stored: &Stored, topics: &Topics) -> Vec<Outgoing> {
    let mut out = Vec::with_capacity(2 * stored.rows.len() + stored.happenings.scores.len());
    for row in &stored.rows {
        let about = about(row);
        out.push(about.message(&topics.normalized, "telemetry.reading.normalized", about.event_id, &row.reading));
        out.push(about.message(&topics.enriched, "telemetry.reading.enriched", about.event_id, row));
    }
    for scored in &stored.happenings.scores {
        if let Some(cause) = cause(scored, &stored.rows) {
            // A score of a later moment, when a value had grown old, is another one.
            let own = &cause.reading.event_id;
            let id = if scored.at == cause.reading.governs_at {
                own.clone()
            } else {
                format!("{own}@{}", scored.at.timestamp_micros())
            };
            out.push(about(cause).message(&topics.scored, "telemetry.news2.scored", &id, scored));
        }
    }
    out
}

/// The reading a score came with: the patient's newest at that moment.
fn cause<'a>(scored: &Scored, rows: &'a [Enriched]) -> Option<&'a Enriched> {
    let of_patient = || rows.iter().filter(|row| row.patient == Some(scored.patient));
    let moment = |row: &&Enriched| (row.reading.governs_at, row.reading.measured_at);
    of_patient().filter(|row| row.reading.governs_at <= scored.at).max_by_key(moment).or_else(|| of_patient().next())
}

fn about(row: &Enriched) -> About<'_> {
    let Enriched { reading, device, patient } = row;
    About {
        event_id: &reading.event_id,
        device: *device,
        patient: *patient,
        at: reading.measured_at,
        trace: reading.trace.as_deref(),
    }
}
