//! One group of readings, in one transaction.

use std::collections::{BTreeSet, HashSet};

use chrono::{DateTime, Utc};
use deadpool_postgres::Transaction;
use futures::try_join;
use healthcare_domain::id::DeviceId;
use tokio_postgres::Error;

use super::admit;
use crate::{
    alert::Policy,
    enrich::Enriched,
    monitor::Happenings,
    normalise::Normalised,
    pipeline::{Refused, judge_all},
    store::{bedside, happenings, readings, registry, rollup},
};

/// Readings to be stored together, in parts that are answered apart.
#[derive(Debug, Default)]
pub struct Group {
    parts: Vec<(Vec<Normalised>, Option<DeviceId>)>,
}

impl Group {
    /// Adds a part; `bound_to` is the one device whose readings its sender may submit.
    pub fn add(&mut self, readings: Vec<Normalised>, bound_to: Option<DeviceId>) {
        self.parts.push((readings, bound_to));
    }

    /// How many readings there are.
    pub fn len(&self) -> usize {
        self.parts.iter().map(|(readings, _)| readings.len()).sum()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// What a group came to, once its transaction is committed.
#[derive(Debug, Default)]
pub struct Stored {
    /// A receipt for each part.
    pub receipts: Vec<super::Receipt>,
    /// The readings with their patients.
    pub rows: Vec<Enriched>,
    /// Changes of alerts, and scores.
    pub happenings: Happenings,
}

/// Every statement of the transaction finds its rows by an index, also where it was planned when there were few.
const BY_INDEX: &str = "set local enable_seqscan = off";

/// Stores a group and judges it, inside the caller's transaction. Pure stages between a locked read and a write:
/// when it is rolled back, nothing has happened, and it may be run again.
///
/// # Errors
/// When the database refuses; the transaction is then to be rolled back.
pub async fn process(
    tx: &Transaction<'_>,
    group: &Group,
    policy: &Policy,
    now: DateTime<Utc>,
) -> Result<Stored, Error> {
    let named = group.parts.iter().flat_map(|(readings, _)| readings);
    let ((), assignments) = try_join!(tx.batch_execute(BY_INDEX), registry::assignments(tx, named))?;
    let mut stored = Stored::default();
    let mut part_of = Vec::with_capacity(group.len());
    let mut seen = HashSet::with_capacity(group.len());
    for (part, (readings, bound_to)) in group.parts.iter().enumerate() {
        let mut receipt = super::Receipt::default();
        for reading in readings {
            let index = reading.index;
            match admit(reading.clone(), *bound_to, &assignments) {
                Ok(row) if seen.insert((row.device, row.reading.signal, row.reading.measured_at)) => {
                    stored.rows.push(row);
                    part_of.push(part);
                }
                Ok(_) => receipt.duplicates += 1,
                Err(reason) => receipt.refused.push(Refused { index, reason }),
            }
        }
        stored.receipts.push(receipt);
    }
    drop(seen);
    let patients: BTreeSet<_> = stored.rows.iter().filter_map(|row| row.patient).collect();
    let mut bedsides = bedside::lock(tx, &patients, policy, now).await?;
    let rows: Vec<&Enriched> = stored.rows.iter().collect();
    let inserted = readings::insert(tx, &rows).await?;
    let known: HashSet<usize> = if inserted < rows.len() as u64 {
        readings::known_before(tx, &rows).await?.into_iter().collect()
    } else {
        HashSet::new()
    };
    for (row, part) in part_of.iter().enumerate() {
        let receipt = &mut stored.receipts[*part];
        if known.contains(&row) {
            receipt.duplicates += 1;
        } else {
            receipt.accepted += 1;
        }
    }
    // What was stored before has been judged before.
    let mut row = 0;
    stored.rows.retain(|_| {
        row += 1;
        !known.contains(&(row - 1))
    });
    stored.happenings = judge_all(&mut bedsides, &stored.rows, policy, now);
    try_join!(
        bedside::save(tx, &bedsides, policy, now),
        happenings::keep(tx, &stored.happenings),
        rollup::mark(tx, &stored.rows)
    )?;
    Ok(stored)
}
