//! Identities for patients to come, whose keys are durable before they are wanted.
//!
//! A key must be on the disk before the first event that is sealed under it. Made when a patient is registered, that is
//! a second durable transaction which the registration waits for; made ahead and many at once, it is none. Nothing is
//! shared and nothing is assigned later: the key is the one of this identity from the start, and the identity is given
//! out once. What is prepared and not used when a process ends are keys of nobody, some ten kilobytes.

use std::{
    collections::VecDeque,
    sync::{Mutex, MutexGuard, PoisonError},
};

use healthcare_application::{StoreError, clock::Clock};
use healthcare_domain::id::PatientId;
use uuid::Uuid;

use super::{DataKey, Vault};
use crate::{clock::SystemClock, database::unavailable};

/// How many identities are prepared at once to begin with.
const FEW: usize = 16;
/// How many at the most. At 2,000 registrations a second they last a tenth of a second.
const MANY: usize = 256;

/// Identities are new, so there is no key to keep: one that is there all the same is an error.
const MAKE: &str = "insert into vault.data_key (patient_id, wrapped) select * from unnest($1::uuid[], $2::bytea[])";

/// What is prepared.
#[derive(Default)]
pub(super) struct Prepared {
    stock: Mutex<Stock>,
}

#[derive(Default)]
struct Stock {
    ready: VecDeque<PatientId>,
    /// How many are prepared at once.
    batch: usize,
    /// Whether more are on their way.
    coming: bool,
}

impl Prepared {
    /// The next one, if there is one; and how many are to be prepared now, if any.
    fn take(&self) -> (Option<PatientId>, Option<usize>) {
        let mut stock = self.locked();
        let next = stock.ready.pop_front();
        if stock.coming || stock.ready.len() > stock.batch / 2 {
            return (next, None);
        }
        // Whoever finds nothing says that they go faster than they come.
        stock.batch = if next.is_some() { stock.batch } else { (stock.batch * 2).clamp(FEW, MANY) };
        stock.coming = true;
        (next, Some(stock.batch))
    }

    /// Ends a preparation with what it came to.
    fn add(&self, ready: &[PatientId]) {
        let mut stock = self.locked();
        stock.ready.extend(ready);
        stock.coming = false;
    }

    fn locked(&self) -> MutexGuard<'_, Stock> {
        // Nothing that can panic is done under the lock.
        self.stock.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Vault {
    /// An identity for a new patient. Its key is durable already, unless too many were asked for at once: then it is
    /// made when the first event is sealed, as anybody's whose key is not there. To be called within a runtime.
    pub fn new_patient(&self) -> PatientId {
        let (next, lacking) = self.prepared.take();
        if let Some(lacking) = lacking {
            let vault = self.clone();
            tokio::spawn(async move {
                let ready = vault.prepare(lacking).await.unwrap_or_else(|error| {
                    tracing::warn!(error = &error as &dyn std::error::Error, "no keys are prepared");
                    vec![]
                });
                vault.prepared.add(&ready);
            });
        }
        next.unwrap_or_else(|| PatientId(SystemClock.new_id()))
    }

    /// Makes keys for new identities, durable when this returns.
    async fn prepare(&self, count: usize) -> Result<Vec<PatientId>, StoreError> {
        let keys: Vec<(Uuid, DataKey)> = (0..count).map(|_| (SystemClock.new_id(), DataKey::generate())).collect();
        let (ids, wrapped): (Vec<Uuid>, Vec<Vec<u8>>) =
            keys.iter().map(|(id, key)| (*id, self.master.wrap(*id, key))).unzip();
        let client = self.db.get().await?;
        let statement = client.prepare_cached(MAKE).await.map_err(unavailable)?;
        client.execute(&statement, &[&ids, &wrapped]).await.map_err(unavailable)?;
        for (id, key) in keys {
            self.cache.insert(PatientId(id), key.into());
        }
        Ok(ids.into_iter().map(PatientId).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(count: u128) -> Vec<PatientId> {
        (0..count).map(|n| PatientId(Uuid::from_u128(n))).collect()
    }

    #[test]
    fn each_is_given_out_once_and_more_come_when_half_are_gone() {
        let prepared = Prepared::default();
        assert_eq!(prepared.take(), (None, Some(FEW)));
        // While some are on their way no more are asked for.
        assert_eq!(prepared.take(), (None, None));
        prepared.add(&ids(16));
        let mut given = vec![];
        for n in 0..16 {
            let (next, lacking) = prepared.take();
            given.extend(next);
            assert_eq!(lacking, (n == 7).then_some(FEW), "at {n}");
        }
        assert_eq!(given, ids(16));
        assert_eq!(prepared.take(), (None, None));
    }

    #[test]
    fn who_runs_dry_is_given_more_at_once_up_to_a_bound() {
        let prepared = Prepared::default();
        let mut batches = vec![];
        for _ in 0..7 {
            let (next, lacking) = prepared.take();
            assert_eq!(next, None);
            batches.extend(lacking);
            prepared.add(&[]);
        }
        assert_eq!(batches, [16, 32, 64, 128, 256, 256, 256]);
    }
}
