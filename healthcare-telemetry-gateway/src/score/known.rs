//! What is known of a patient's vital signs: the latest value of each signal, where it came from and how old it is.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use healthcare_domain::{
    id::{DeviceId, VitalsId},
    vitals::{Spo2Scale, Vitals},
};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::{normalise::Observed, signal::Signal};

/// Charted values kept behind the newest, so that striking one out brings back the one before.
const CHARTED_KEPT: usize = 4;

/// Where a value came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// A device sent it.
    Device {
        /// Which.
        device: DeviceId,
        /// The reading.
        event_id: String,
    },
    /// A person charted it.
    Charted {
        /// The set.
        vitals: VitalsId,
    },
}

impl Source {
    /// The reading or the set, as evidence of an alert.
    pub fn evidence(&self) -> String {
        match self {
            Self::Device { event_id, .. } => event_id.clone(),
            Self::Charted { vitals } => vitals.to_string(),
        }
    }

    /// The device, if it was one.
    pub fn device(&self) -> Option<DeviceId> {
        match self {
            Self::Device { device, .. } => Some(*device),
            Self::Charted { .. } => None,
        }
    }
}

/// The latest value of a signal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Latest {
    /// The value.
    pub value: Observed,
    /// The time it is true of.
    pub at: DateTime<Utc>,
    /// What the source's own clock said; it orders values that a wrong clock brings to the same time.
    pub measured_at: DateTime<Utc>,
    /// When we learnt of it.
    pub received_at: DateTime<Utc>,
    /// Where it came from.
    pub source: Source,
    /// The W3C trace it came with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trace: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
struct Slot {
    device: Option<Latest>,
    /// Newest first.
    charted: Vec<Latest>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct PrescribedScale {
    scale: Spo2Scale,
    at: DateTime<Utc>,
    vitals: VitalsId,
}

/// The latest value of each signal of one patient.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Known {
    slots: BTreeMap<Signal, Slot>,
    /// The scales charted with a saturation, newest first.
    scales: Vec<PrescribedScale>,
}

impl Known {
    /// Takes a device's value. Answers whether it is newer than what devices said before; an older or a repeated
    /// one changes nothing.
    pub fn take(&mut self, signal: Signal, latest: Latest) -> bool {
        let slot = self.slots.entry(signal).or_default();
        if slot.device.as_ref().is_some_and(|held| (held.at, held.measured_at) >= (latest.at, latest.measured_at)) {
            return false;
        }
        slot.device = Some(latest);
        true
    }

    /// Takes a charted set. A set taken before changes nothing.
    pub fn chart(&mut self, id: VitalsId, vitals: &Vitals, received_at: DateTime<Utc>) {
        let at = vitals.measured_at.min(received_at);
        let numbers = vitals.measurements.iter();
        let numbers = numbers.filter_map(|m| Some((Signal::of(m.sign())?, Observed::Number(m.value()))));
        let level = vitals.consciousness.map(|level| (Signal::Consciousness, Observed::Consciousness(level)));
        let oxygen = vitals.on_oxygen.map(|on| (Signal::OnOxygen, Observed::Oxygen(on)));
        for (signal, value) in numbers.chain(level).chain(oxygen) {
            let slot = self.slots.entry(signal).or_default();
            let source = Source::Charted { vitals: id };
            if slot.charted.iter().all(|held| held.source != source) {
                slot.charted.push(Latest {
                    value,
                    at,
                    measured_at: vitals.measured_at,
                    received_at,
                    source,
                    trace: None,
                });
                slot.charted.sort_by_key(|held| std::cmp::Reverse(held.at));
                slot.charted.truncate(CHARTED_KEPT);
            }
        }
        if vitals.value(healthcare_domain::vitals::VitalSign::Spo2).is_some()
            && self.scales.iter().all(|held| held.vitals != id)
        {
            self.scales.push(PrescribedScale { scale: vitals.spo2_scale, at, vitals: id });
            self.scales.sort_by_key(|held| std::cmp::Reverse(held.at));
            self.scales.truncate(CHARTED_KEPT);
        }
    }

    /// Takes out what was charted in error. Answers whether anything was.
    pub fn strike(&mut self, id: VitalsId) -> bool {
        let source = Source::Charted { vitals: id };
        let mut struck = false;
        for slot in self.slots.values_mut() {
            let before = slot.charted.len();
            slot.charted.retain(|held| held.source != source);
            struck |= slot.charted.len() < before;
        }
        self.scales.retain(|held| held.vitals != id);
        self.slots.retain(|_, slot| slot.device.is_some() || !slot.charted.is_empty());
        struck
    }

    /// Forgets what devices said when `was_on` says that they were not on the patient.
    pub fn keep_devices(&mut self, was_on: impl Fn(DeviceId, DateTime<Utc>) -> bool) {
        for slot in self.slots.values_mut() {
            slot.device = slot.device.take().filter(|l| l.source.device().is_some_and(|device| was_on(device, l.at)));
        }
        self.slots.retain(|_, slot| slot.device.is_some() || !slot.charted.is_empty());
    }

    /// The newest value of a signal, a device's or a charted one.
    pub fn latest(&self, signal: Signal) -> Option<&Latest> {
        let slot = self.slots.get(&signal)?;
        slot.device.iter().chain(slot.charted.first()).max_by_key(|latest| latest.at)
    }

    /// The newest value of every signal.
    pub fn all(&self) -> impl Iterator<Item = (Signal, &Latest)> {
        self.slots.keys().filter_map(|signal| Some((*signal, self.latest(*signal)?)))
    }

    /// The newest number of a signal with its time.
    pub fn number(&self, signal: Signal) -> Option<(Decimal, &Latest)> {
        let latest = self.latest(signal)?;
        match latest.value {
            Observed::Number(number) => Some((number, latest)),
            Observed::Consciousness(_) | Observed::Oxygen(_) => None,
        }
    }

    /// Whether oxygen is given: what was said last, outright or by a flow.
    pub fn oxygen(&self) -> Option<(bool, &Latest)> {
        [Signal::OnOxygen, Signal::OxygenFlow]
            .into_iter()
            .filter_map(|signal| self.latest(signal))
            .max_by_key(|latest| latest.at)
            .and_then(|latest| match latest.value {
                Observed::Oxygen(on) => Some((on, latest)),
                Observed::Number(flow) => Some((flow > Decimal::ZERO, latest)),
                Observed::Consciousness(_) => None,
            })
    }

    /// The saturation scale prescribed last; the first one unless a clinician said otherwise.
    pub fn scale(&self) -> Spo2Scale {
        self.scales.first().map_or(Spo2Scale::Scale1, |held| held.scale)
    }

    /// What of this was known to be true at `at` already: for judging a reading that came late.
    pub fn until(&self, at: DateTime<Utc>) -> Self {
        let mut past = self.clone();
        for slot in past.slots.values_mut() {
            slot.device = slot.device.take().filter(|held| held.at <= at);
            slot.charted.retain(|held| held.at <= at);
        }
        past
    }
}
