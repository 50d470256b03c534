//! What was stored, as it is shown live: the values of patients, and never before they are durable.

use std::collections::BTreeMap;

use healthcare_application::live::{LiveValue, LiveVital};
use healthcare_domain::id::PatientId;
use rust_decimal::prelude::ToPrimitive;

use crate::{enrich::Enriched, normalise::Observed, quality::Quality, signal::Signal};

/// The newest of the stored readings of each patient and signal that are somebody's and have a value. Who follows is
/// shown no older ones beside it.
pub fn on_air(rows: &[Enriched]) -> Vec<LiveVital> {
    let mut newest: BTreeMap<(PatientId, Signal), &Enriched> = BTreeMap::new();
    for row in rows {
        let (Some(patient), Some(_)) = (row.patient, row.reading.value) else { continue };
        let held = newest.entry((patient, row.reading.signal)).or_insert(row);
        if held.reading.governs_at < row.reading.governs_at {
            *held = row;
        }
    }
    newest.into_values().filter_map(shown).collect()
}

fn shown(row: &Enriched) -> Option<LiveVital> {
    let Enriched { reading, device, patient } = row;
    let value = match reading.value.as_ref()? {
        Observed::Number(number) => LiveValue::Number(number.to_f64()?),
        Observed::Consciousness(level) => {
            LiveValue::Text(serde_json::to_value(level).ok()?.as_str().unwrap_or_default().to_owned())
        }
        Observed::Oxygen(given) => LiveValue::Text(if *given { "oxygen" } else { "air" }.to_owned()),
    };
    Some(LiveVital {
        patient_id: (*patient)?,
        code: reading.signal.code().to_owned(),
        value,
        unit: reading.signal.sign().map(|sign| sign.unit().to_owned()),
        measured_at: reading.governs_at,
        device_id: Some(*device),
        flagged: reading.quality != Quality::default(),
    })
}
