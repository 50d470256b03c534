//! The stages over one batch: normalise → enrich → score → alert, as one pure function.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};
use healthcare_domain::id::{DeviceId, PatientId};

use crate::{
    alert::{LimitOverride, Policy},
    enrich::{Assignment, Assignments, Enriched, enrich},
    monitor::{Context, Happenings, Monitor},
    normalise::{ClockBounds, Normalised, Refusal, normalise},
    reading::Reading,
    score::Profile,
};

/// A patient as the pipeline needs them.
#[derive(Debug, Clone, Default)]
pub struct Bedside {
    /// The state.
    pub monitor: Monitor,
    /// What decides how they are scored.
    pub profile: Profile,
    /// Limits set for them.
    pub overrides: Vec<LimitOverride>,
    /// The devices that are or were on them, and when.
    pub devices: Vec<(DeviceId, Assignment)>,
}

impl Bedside {
    /// The devices on the patient at `now`.
    pub fn assigned(&self, now: DateTime<Utc>) -> Vec<DeviceId> {
        let holds = |a: &Assignment| a.from <= now && a.to.is_none_or(|to| now < to);
        self.devices.iter().filter(|(_, a)| holds(a)).map(|(device, _)| *device).collect()
    }
}

/// The state the pipeline works on: the patients of the batch.
pub type Bedsides = HashMap<PatientId, Bedside>;

/// A reading that was refused.
#[derive(Debug, Clone, PartialEq)]
pub struct Refused {
    /// Its place in the batch.
    pub index: usize,
    /// Why.
    pub reason: Refusal,
}

/// What a batch comes to.
#[derive(Debug, Clone, Default)]
pub struct Outcome {
    /// Readings to be stored.
    pub rows: Vec<Enriched>,
    /// Readings refused, by their place in the batch.
    pub refused: Vec<Refused>,
    /// Changes of alerts, and scores.
    pub happenings: Happenings,
}

/// The first stage over a batch.
pub fn normalise_all(
    readings: &[Reading],
    received_at: DateTime<Utc>,
    clock: &ClockBounds,
) -> (Vec<Normalised>, Vec<Refused>) {
    let mut taken = Vec::with_capacity(readings.len());
    let mut refused = vec![];
    for (index, reading) in readings.iter().enumerate() {
        match normalise(index, reading, received_at, clock) {
            Ok(reading) => taken.push(reading),
            Err(reason) => refused.push(Refused { index, reason }),
        }
    }
    (taken, refused)
}

/// The second stage over a batch.
pub fn enrich_all(readings: Vec<Normalised>, assignments: &Assignments) -> (Vec<Enriched>, Vec<Refused>) {
    let mut taken = Vec::with_capacity(readings.len());
    let mut refused = vec![];
    for reading in readings {
        let index = reading.index;
        match enrich(reading, assignments) {
            Ok(reading) => taken.push(reading),
            Err(reason) => refused.push(Refused { index, reason }),
        }
    }
    (taken, refused)
}

/// The last two stages over a batch. Patients without a bedside in `bedsides` start from nothing known.
pub fn judge_all(bedsides: &mut Bedsides, rows: &[Enriched], policy: &Policy, now: DateTime<Utc>) -> Happenings {
    let mut by_patient: BTreeMap<PatientId, Vec<&Enriched>> = BTreeMap::new();
    for row in rows {
        if let Some(patient) = row.patient {
            by_patient.entry(patient).or_default().push(row);
        }
    }
    let mut happenings = Happenings::default();
    for (patient, readings) in by_patient {
        let Bedside { monitor, profile, overrides, .. } = bedsides.entry(patient).or_default();
        let ctx = Context { patient, profile: *profile, overrides, policy, now };
        monitor.read(&readings, &ctx, &mut happenings);
    }
    happenings
}

/// All four stages over one batch received at `now`.
pub fn run(
    bedsides: &mut Bedsides,
    assignments: &Assignments,
    readings: &[Reading],
    policy: &Policy,
    clock: &ClockBounds,
    now: DateTime<Utc>,
) -> Outcome {
    let (normalised, mut refused) = normalise_all(readings, now, clock);
    let (rows, unknown) = enrich_all(normalised, assignments);
    refused.extend(unknown);
    refused.sort_by_key(|refused| refused.index);
    let happenings = judge_all(bedsides, &rows, policy, now);
    Outcome { rows, refused, happenings }
}
