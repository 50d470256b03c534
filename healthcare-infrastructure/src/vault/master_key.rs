//! The key that wraps all others. It is made at the first start and lives in a file only its owner can read.

use std::{
    fs::{self, OpenOptions},
    io::{self, Write},
    os::unix::fs::{OpenOptionsExt, PermissionsExt},
    path::Path,
};

use base64::{Engine, engine::general_purpose::STANDARD};
use uuid::Uuid;

use super::{CipherError, DataKey};

/// The key of keys.
pub struct MasterKey(DataKey);

/// Why there is no master key.
#[derive(Debug, thiserror::Error)]
pub enum MasterKeyError {
    /// The file cannot be read or made.
    #[error("the master key file cannot be read or made")]
    File(#[from] io::Error),
    /// Others can read the file.
    #[error("the master key file can be read by others; set its mode to 0600")]
    Exposed,
    /// It does not hold 32 bytes in base64.
    #[error("the master key file does not hold 32 bytes in base64")]
    Malformed,
}

impl MasterKey {
    /// Reads the key from `path`, or makes one there (mode 0600) if the file does not exist.
    ///
    /// # Errors
    /// When the file cannot be read or made, is open to others, or holds no key.
    pub fn load_or_create(path: &Path) -> Result<Self, MasterKeyError> {
        match fs::read_to_string(path) {
            Ok(text) => {
                if fs::metadata(path)?.permissions().mode() & 0o077 != 0 {
                    return Err(MasterKeyError::Exposed);
                }
                let bytes = STANDARD.decode(text.trim()).map_err(|_| MasterKeyError::Malformed)?;
                Ok(Self(DataKey::from_bytes(bytes.try_into().map_err(|_| MasterKeyError::Malformed)?)))
            }
            Err(e) if e.kind() == io::ErrorKind::NotFound => {
                let key = DataKey::generate();
                let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
                writeln!(file, "{}", STANDARD.encode(key.bytes()))?;
                file.sync_all()?;
                Ok(Self(key))
            }
            Err(e) => Err(e.into()),
        }
    }

    /// The secret itself, for keyed hashes.
    pub(super) fn secret(&self) -> &[u8; 32] {
        self.0.bytes()
    }

    /// Seals bytes for a place.
    pub(super) fn seal(&self, place: &[u8], plain: &[u8]) -> Vec<u8> {
        self.0.seal(place, plain)
    }

    /// Opens bytes of a place.
    pub(super) fn open(&self, place: &[u8], sealed: &[u8]) -> Result<Vec<u8>, CipherError> {
        self.0.open(place, sealed)
    }

    /// Seals a patient's key.
    pub fn wrap(&self, patient: Uuid, key: &DataKey) -> Vec<u8> {
        self.0.seal(patient.as_bytes(), key.bytes())
    }

    /// Opens a patient's key.
    ///
    /// # Errors
    /// When it was wrapped by another master key or for another patient.
    pub fn unwrap(&self, patient: Uuid, wrapped: &[u8]) -> Result<DataKey, CipherError> {
        let bytes = self.0.open(patient.as_bytes(), wrapped)?;
        Ok(DataKey::from_bytes(bytes.try_into().map_err(|_| CipherError)?))
    }
}
