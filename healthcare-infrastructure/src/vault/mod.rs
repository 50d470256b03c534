//! The keys of patients: one data key each, wrapped by the master key, in a database of their own.

mod cipher;
mod fingerprint;
mod master_key;
mod prepared;

pub use cipher::{CipherError, DataKey, event_place};
pub use master_key::{MasterKey, MasterKeyError};

use std::{collections::HashMap, sync::Arc};

use healthcare_application::StoreError;
use healthcare_domain::id::PatientId;
use moka::sync::Cache;
use uuid::Uuid;

use crate::database::{Database, unavailable};

/// How many unwrapped keys are held at once (about 100 bytes each).
const CACHED_KEYS: u64 = 50_000;

/// The keys there are, and a new one where there is none. An existing key is kept, whoever made it first.
const FIND_OR_MAKE: &str = "with fresh as (
    insert into vault.data_key (patient_id, wrapped) select * from unnest($1::uuid[], $2::bytea[])
    on conflict (patient_id) do nothing returning patient_id, wrapped)
  select patient_id, wrapped from fresh
  union all
  select patient_id, wrapped from vault.data_key where patient_id = any($1)";

/// Where data keys are made, kept and found.
#[derive(Clone)]
pub struct Vault {
    db: Database,
    master: Arc<MasterKey>,
    cache: Cache<PatientId, Arc<DataKey>>,
    prepared: Arc<prepared::Prepared>,
}

impl Vault {
    /// A vault over its database, opened by the master key.
    pub fn new(db: Database, master: MasterKey) -> Self {
        Self { db, master: Arc::new(master), cache: Cache::new(CACHED_KEYS), prepared: Arc::default() }
    }

    /// Seals bytes that are nobody's patient's under the master key, for one place.
    pub fn seal(&self, place: &[u8], plain: &[u8]) -> Vec<u8> {
        self.master.seal(place, plain)
    }

    /// Opens what [`Vault::seal`] sealed for this place.
    ///
    /// # Errors
    /// When it was sealed under another key or for another place, or was changed.
    pub fn open(&self, place: &[u8], sealed: &[u8]) -> Result<Vec<u8>, CipherError> {
        self.master.open(place, sealed)
    }

    /// The keys of these patients; those that have none yet are given one. A destroyed key is left out.
    ///
    /// # Errors
    /// When the vault cannot be reached, or a key does not open under the master key.
    pub async fn keys(&self, patients: &[PatientId]) -> Result<HashMap<PatientId, Arc<DataKey>>, StoreError> {
        let mut found = HashMap::with_capacity(patients.len());
        let mut missing = Vec::new();
        for patient in patients {
            match self.cache.get(patient) {
                Some(key) => _ = found.insert(*patient, key),
                None if !missing.contains(&patient.0) => missing.push(patient.0),
                None => {}
            }
        }
        if missing.is_empty() {
            return Ok(found);
        }
        let fresh: Vec<Vec<u8>> = missing.iter().map(|id| self.master.wrap(*id, &DataKey::generate())).collect();
        let client = self.db.get().await?;
        let statement = client.prepare_cached(FIND_OR_MAKE).await.map_err(unavailable)?;
        let mut rows = client.query(&statement, &[&missing, &fresh]).await.map_err(unavailable)?;
        if rows.len() < missing.len() {
            // Somebody else made one at the same moment, which that snapshot did not show yet.
            rows = client.query(&statement, &[&missing, &fresh]).await.map_err(unavailable)?;
        }
        for row in rows {
            let (id, wrapped): (Uuid, Option<Vec<u8>>) = (row.get(0), row.get(1));
            let Some(wrapped) = wrapped else { continue };
            let key = self.master.unwrap(id, &wrapped).map_err(|e| StoreError::Damaged(Box::new(e)))?;
            let key = Arc::new(key);
            self.cache.insert(PatientId(id), key.clone());
            found.insert(PatientId(id), key);
        }
        Ok(found)
    }
}
