//! A reading in `telemetry.raw`: as the device sent it, with what only the door knows.

use chrono::{DateTime, SecondsFormat, Utc};
use healthcare_domain::id::{DeviceId, PatientId};
use rdkafka::message::{Header, OwnedHeaders};
use serde::{Deserialize, Serialize};

use super::producer::Outgoing;
use crate::{
    normalise::{ClockBounds, DeviceRef, Normalised, Refusal, normalise},
    reading::Reading,
};

/// A reading that was let in.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Raw {
    /// As it was sent.
    pub reading: Reading,
    /// The registered device it is of.
    pub device: DeviceId,
    /// When it was received: ages and alarms are counted from here, however long it waits in the topic.
    pub received_at: DateTime<Utc>,
}

/// Why a message of the topic is not taken.
#[derive(Debug, thiserror::Error)]
pub(super) enum NotAReading {
    /// It has another shape.
    #[error("it does not hold a reading")]
    Shape,
    /// It would have been refused at the door.
    #[error("a reading the door would have refused: {}", .0.reason())]
    Refused(Refusal),
    /// The store does not take it, alone, however often it is tried.
    #[error("the store refuses it ({0})")]
    Store(String),
}

impl Raw {
    /// The reading in a message, at a place in a batch.
    pub(super) fn read(
        payload: &[u8],
        index: usize,
        trace: Option<String>,
        clock: &ClockBounds,
    ) -> Result<Normalised, NotAReading> {
        let Self { reading, device, received_at } = serde_json::from_slice(payload).map_err(|_| NotAReading::Shape)?;
        let reading = normalise(index, &reading, received_at, clock).map_err(NotAReading::Refused)?;
        Ok(Normalised { device: DeviceRef::Id(device), trace, ..reading })
    }
}

/// What a message is about, for its key and its headers.
pub(super) struct About<'a> {
    pub event_id: &'a str,
    pub device: DeviceId,
    pub patient: Option<PatientId>,
    pub at: DateTime<Utc>,
    pub trace: Option<&'a str>,
}

impl About<'_> {
    /// A CloudEvent in Kafka's binary mode. `ce_id` is unique within `ce_source`, which is the device.
    pub fn message(&self, topic: &str, kind: &str, id: &str, data: &impl Serialize) -> Outgoing {
        let Self { event_id, device, patient, at, trace } = self;
        let source = format!("/healthcare/devices/{device}");
        let time = at.to_rfc3339_opts(SecondsFormat::Micros, true);
        let patient = patient.map(|patient| patient.to_string());
        let mut all = vec![
            ("content-type", "application/json"),
            ("ce_specversion", "1.0"),
            ("ce_id", id),
            ("ce_source", &source),
            ("ce_type", kind),
            ("ce_time", &time),
            ("ce_eventid", event_id),
        ];
        if let Some(patient) = &patient {
            all.push(("ce_patientid", patient));
        }
        if let Some(trace) = trace {
            all.push(("ce_traceparent", trace));
            all.push(("traceparent", trace));
        }
        let headers = all
            .into_iter()
            .fold(OwnedHeaders::new(), |headers, (key, value)| headers.insert(Header { key, value: Some(value) }));
        // Numbers, texts and times: nothing of them can fail to be written.
        let payload = serde_json::to_vec(data).unwrap_or_default();
        Outgoing { topic: topic.to_owned(), key: patient.unwrap_or_else(|| device.to_string()), headers, payload }
    }
}
