//! What was stored, as it is shown live: the values of patients, and never before they are durable.

use healthcare_application::live::{LiveValue, LiveVital};
use rust_decimal::prelude::ToPrimitive;

use crate::{enrich::Enriched, normalise::Observed, quality::Quality};

/// The stored readings that are somebody's and have a value.
pub fn on_air(rows: &[Enriched]) -> Vec<LiveVital> {
    rows.iter().filter_map(shown).collect()
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
