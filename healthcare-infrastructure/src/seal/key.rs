//! The key that blocks are signed with. It lives in a file, never in a database.

use std::{
    fs::{self, OpenOptions},
    io::{self, Write},
    os::unix::fs::{OpenOptionsExt, PermissionsExt},
    path::Path,
};

use ed25519_dalek::{
    Signer, SigningKey, VerifyingKey,
    pkcs8::{DecodePrivateKey, EncodePrivateKey, spki::der::pem::LineEnding},
};
use rand::RngCore;

use super::merkle::Hash;

/// The public half of a key.
pub type PublicKey = [u8; 32];

/// An Ed25519 key for sealing. No `Debug`: it is a secret.
pub struct SealKey(SigningKey);

/// Why there is no key to seal with.
#[derive(Debug, thiserror::Error)]
pub enum SealKeyError {
    /// The file cannot be read or made.
    #[error("the sealing key's file cannot be read or made")]
    File(#[from] io::Error),
    /// Others can read the file.
    #[error("the sealing key's file can be read by others; set its mode to 0600")]
    Exposed,
    /// It holds no key.
    #[error("the sealing key's file does not hold an Ed25519 key in PKCS#8 PEM")]
    Malformed,
    /// A line of what is trusted is none.
    #[error("{0} does not hold lines of 64 hexadecimal digits, @ and the number of a block")]
    Trusted(String),
    /// Another key sealed the last block.
    #[error(
        "block {block} leaves sealing to the key {expected}, and the file holds another one: bring the right file back, or \
         run `healthcare seal rotate-key --lost`"
    )]
    NotTheOne {
        /// The last block.
        block: i64,
        /// The public key that is to follow, in hexadecimal digits.
        expected: String,
    },
    /// A key that is there is not lost.
    #[error("the key that is to seal is there: it is replaced without --lost")]
    NotLost,
    /// A key that has sealed must not be taken for a new one.
    #[error("the key in the file has sealed blocks before: move the file away, a new key is made in its place")]
    Used,
}

impl SealKey {
    /// Reads the key from `path`, or makes one there (mode 0600) if the file does not exist.
    ///
    /// # Errors
    /// When the file cannot be read or made, is open to others, or holds no key.
    pub fn load_or_create(path: &Path) -> Result<Self, SealKeyError> {
        match Self::load(path) {
            Err(SealKeyError::File(e)) if e.kind() == io::ErrorKind::NotFound => {}
            other => return other,
        }
        match Self::create(path) {
            // Another process of the same directory was faster.
            Err(SealKeyError::File(e)) if e.kind() == io::ErrorKind::AlreadyExists => Self::load(path),
            other => other,
        }
    }

    /// Makes a key at `path`, where no file is yet (mode 0600).
    fn create(path: &Path) -> Result<Self, SealKeyError> {
        let mut seed = [0; 32];
        rand::rng().fill_bytes(&mut seed);
        let key = SigningKey::from_bytes(&seed);
        let pem = key.to_pkcs8_pem(LineEnding::LF).map_err(|_| SealKeyError::Malformed)?;
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
        file.write_all(pem.as_bytes())?;
        file.sync_all()?;
        Ok(Self(key))
    }

    /// Reads the key from `path`.
    ///
    /// # Errors
    /// When the file is not there, is open to others, or holds no key.
    pub fn load(path: &Path) -> Result<Self, SealKeyError> {
        let pem = fs::read_to_string(path)?;
        if fs::metadata(path)?.permissions().mode() & 0o077 != 0 {
            return Err(SealKeyError::Exposed);
        }
        SigningKey::from_pkcs8_pem(&pem).map(Self).map_err(|_| SealKeyError::Malformed)
    }

    /// The public half.
    pub fn public(&self) -> PublicKey {
        self.0.verifying_key().to_bytes()
    }

    pub(super) fn sign(&self, hash: &Hash) -> [u8; 64] {
        self.0.sign(hash).to_bytes()
    }
}

/// Whether the holder of the key signed the hash.
pub(super) fn signed_by(key: &[u8], hash: &[u8], signature: &[u8]) -> bool {
    let Ok(key) = <[u8; 32]>::try_from(key) else { return false };
    let Ok(signature) = <[u8; 64]>::try_from(signature) else { return false };
    VerifyingKey::from_bytes(&key)
        .is_ok_and(|key| key.verify_strict(hash, &ed25519_dalek::Signature::from_bytes(&signature)).is_ok())
}
