//! Rows in PostgreSQL's binary COPY format, written by hand: the driver's own writer is many times slower.

use bytes::{BufMut, Bytes, BytesMut};
use chrono::{DateTime, Utc};
use healthcare_domain::vitals::Consciousness;
use rust_decimal::prelude::ToPrimitive;
use uuid::Uuid;

use crate::{enrich::Enriched, normalise::Observed};

/// Signature, flags and length of the header extension.
const HEADER: &[u8] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";
const COLUMNS: i16 = 9;
/// 2000-01-01, where PostgreSQL counts from, in microseconds of the Unix epoch.
const PG_EPOCH: i64 = 946_684_800_000_000;
/// Bytes of a row with nothing absent.
const ROW: usize = 2 + 9 * 4 + 8 + 16 + 2 + 8 + 2 + 16 + 8 + 8 + 16;

/// The COPY stream of all rows, in the order (time, device_id, code, value, quality, event_id, seq, received_at,
/// patient_id).
pub fn encode(rows: &[&Enriched]) -> Bytes {
    let mut out = BytesMut::with_capacity(HEADER.len() + rows.len() * ROW + 2);
    out.put_slice(HEADER);
    for row in rows {
        let reading = &row.reading;
        out.put_i16(COLUMNS);
        time(&mut out, reading.measured_at);
        id(&mut out, row.device.0);
        small(&mut out, reading.signal.number());
        match reading.value.as_ref().map(as_number) {
            Some(value) => {
                out.put_i32(8);
                out.put_f64(value);
            }
            None => out.put_i32(-1),
        }
        small(&mut out, reading.quality.0);
        id(&mut out, event_uuid(row));
        match reading.seq {
            Some(seq) => {
                out.put_i32(8);
                out.put_i64(seq);
            }
            None => out.put_i32(-1),
        }
        time(&mut out, reading.received_at);
        match row.patient {
            Some(patient) => id(&mut out, patient.0),
            None => out.put_i32(-1),
        }
    }
    out.put_i16(-1);
    out.freeze()
}

/// A value as the number it is stored as (`telemetry.signal`).
pub fn as_number(value: &Observed) -> f64 {
    match value {
        // A possible value of a vital sign has far fewer digits than f64 holds.
        Observed::Number(number) => number.to_f64().unwrap_or(f64::NAN),
        Observed::Consciousness(level) => match level {
            Consciousness::Alert => 0.0,
            Consciousness::Confusion => 1.0,
            Consciousness::Voice => 2.0,
            Consciousness::Pain => 3.0,
            Consciousness::Unresponsive => 4.0,
        },
        Observed::Oxygen(on) => f64::from(u8::from(*on)),
    }
}

/// The reading's identity as it is stored: its own when that is a UUID, else one derived from device and id.
pub fn event_uuid(row: &Enriched) -> Uuid {
    let event_id = &row.reading.event_id;
    Uuid::parse_str(event_id).unwrap_or_else(|_| Uuid::new_v5(&row.device.0, event_id.as_bytes()))
}

fn time(out: &mut BytesMut, at: DateTime<Utc>) {
    out.put_i32(8);
    out.put_i64(at.timestamp_micros() - PG_EPOCH);
}

fn id(out: &mut BytesMut, id: Uuid) {
    out.put_i32(16);
    out.put_slice(id.as_bytes());
}

fn small(out: &mut BytesMut, number: i16) {
    out.put_i32(2);
    out.put_i16(number);
}
