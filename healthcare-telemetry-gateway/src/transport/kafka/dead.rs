//! Messages that are no readings: put aside where they can be looked at, never in the way of those behind them.

use rdkafka::message::{Header, OwnedHeaders};

use super::{Topics, producer::Outgoing, raw::NotAReading, settle::Incoming};

/// The message for `telemetry.dead`: as it was, with where it lay and why it was put aside. Logged by its position; its
/// content may be anything and is not.
pub(super) fn message(incoming: &Incoming, reason: &NotAReading, topics: &Topics) -> Outgoing {
    let Incoming { part, offset, key, payload, .. } = incoming;
    let place = format!("{}/{part}/{offset}", topics.raw);
    let why = reason.to_string();
    let headers = [("dead_position", place.as_str()), ("dead_reason", why.as_str())]
        .into_iter()
        .fold(OwnedHeaders::new(), |headers, (key, value)| headers.insert(Header { key, value: Some(value) }));
    let key = String::from_utf8_lossy(key).into_owned();
    Outgoing { topic: topics.dead.clone(), key, headers, payload: payload.clone() }
}

/// Says that a message was put aside, when it is.
pub(super) fn say(incoming: &Incoming, reason: &NotAReading) {
    let Incoming { part, offset, .. } = incoming;
    tracing::error!(part, offset, %reason, "a message of telemetry.raw is no reading: put to telemetry.dead");
    let word = match reason {
        NotAReading::Shape => "shape",
        NotAReading::Refused(reason) => reason.reason(),
        NotAReading::Store(_) => "store",
    };
    metrics::counter!("healthcare_telemetry_dead_total", "reason" => word).increment(1);
}
