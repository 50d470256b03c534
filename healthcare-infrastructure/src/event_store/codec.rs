//! Events as bytes. What is about a patient is sealed under the patient's key; the rest is plain JSON.

use std::{collections::HashMap, sync::Arc};

use healthcare_application::StoreError;
use healthcare_domain::{DomainEvent, StreamType, id::PatientId};
use uuid::Uuid;

use crate::vault::{DataKey, Vault, event_place};

/// The version of the events' JSON that is written today. Older ones are brought up to it when read.
pub const SCHEMA_VERSION: i16 = 1;

/// What stands in front of bytes that are not sealed.
const PLAIN: u8 = 0;

/// Seals and opens payloads.
#[derive(Clone)]
pub struct Codec {
    vault: Vault,
}

/// The keys a batch needs, fetched at once.
pub type Keys = HashMap<PatientId, Arc<DataKey>>;

impl Codec {
    /// A codec with the keys of this vault.
    pub fn new(vault: Vault) -> Self {
        Self { vault }
    }

    /// The vault.
    pub fn vault(&self) -> &Vault {
        &self.vault
    }

    /// The keys of these patients, made where there is none yet.
    ///
    /// # Errors
    /// When the vault cannot be reached.
    pub async fn keys(&self, patients: impl IntoIterator<Item = Option<PatientId>>) -> Result<Keys, StoreError> {
        let mut patients: Vec<PatientId> = patients.into_iter().flatten().collect();
        patients.sort_unstable();
        patients.dedup();
        if patients.is_empty() { Ok(Keys::new()) } else { self.vault.keys(&patients).await }
    }
}

/// The place of what a rule in the shadow said of an evaluation.
pub fn shadow_place(evaluation: Uuid, rule: &str, version: i32) -> Vec<u8> {
    [evaluation.as_bytes(), rule.as_bytes(), &version.to_be_bytes()].concat()
}

/// The place of what a backtest found at a moment.
pub fn sample_place(backtest: Uuid, draw: Uuid) -> Vec<u8> {
    [backtest.as_bytes().as_slice(), draw.as_bytes()].concat()
}

/// Writes an event for its place.
///
/// # Errors
/// When the patient's key was destroyed: nothing more is written about an erased patient.
pub fn seal(
    keys: &Keys,
    patient: Option<PatientId>,
    stream: Uuid,
    version: i32,
    event: &DomainEvent,
) -> Result<Vec<u8>, StoreError> {
    let plain = event.encode().map_err(|e| StoreError::Damaged(Box::new(e)))?;
    seal_bytes(keys, patient, &event_place(stream, version), &plain)
}

/// Writes bytes for a place, sealed where they are about a patient.
///
/// # Errors
/// As [`seal`].
pub fn seal_bytes(keys: &Keys, patient: Option<PatientId>, place: &[u8], plain: &[u8]) -> Result<Vec<u8>, StoreError> {
    match patient {
        None => Ok(std::iter::once(PLAIN).chain(plain.iter().copied()).collect()),
        Some(patient) => {
            let key =
                keys.get(&patient).ok_or_else(|| StoreError::Damaged("the patient's key was destroyed".into()))?;
            Ok(key.seal(place, plain))
        }
    }
}

/// Reads bytes of a place.
///
/// # Errors
/// When they do not open.
pub fn open_bytes(keys: &Keys, patient: Option<PatientId>, place: &[u8], bytes: &[u8]) -> Result<Vec<u8>, StoreError> {
    match (bytes.split_first(), patient) {
        (Some((&PLAIN, plain)), _) => Ok(plain.to_vec()),
        (_, Some(patient)) => {
            let key =
                keys.get(&patient).ok_or_else(|| StoreError::Damaged("the patient's key was destroyed".into()))?;
            key.open(place, bytes).map_err(|e| StoreError::Damaged(Box::new(e)))
        }
        (_, None) => Err(StoreError::Damaged("the payload has no readable form".into())),
    }
}

/// Reads an event of a place.
///
/// # Errors
/// When it does not open, or is not an event of that kind of stream.
pub fn open(
    keys: &Keys,
    patient: Option<PatientId>,
    stream: (StreamType, Uuid),
    version: i32,
    bytes: &[u8],
) -> Result<DomainEvent, StoreError> {
    let plain = open_bytes(keys, patient, &event_place(stream.1, version), bytes)?;
    DomainEvent::decode(stream.0, &plain).map_err(|e| StoreError::Damaged(Box::new(e)))
}
