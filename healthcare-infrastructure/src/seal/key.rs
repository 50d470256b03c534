//! The key that blocks are signed with. It lives in a file, never in a database.

use std::{
    fs,
    io::{self, Write},
    os::unix::fs::{MetadataExt, PermissionsExt},
    path::Path,
};

use ed25519_dalek::{
    Signer, SigningKey, VerifyingKey,
    pkcs8::{DecodePrivateKey, EncodePrivateKey, spki::der::pem::LineEnding},
};
use rand::RngCore;

use super::{draft::Draft, merkle::Hash};

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
    /// A key of another user's would be one that the server cannot read.
    #[error(
        "the sealing key belongs to the user with the id {owner}, and its successor is or would be one of the user {here}: it \
         has to be made by the same user, e.g. `sudo -u '#{owner}' healthcare seal rotate-key`; one that another user has \
         made is to be removed before"
    )]
    OtherUser {
        /// Whose the key is.
        owner: u32,
        /// Whose its successor is, or would be.
        here: u32,
    },
    /// Somebody put another key in the place of the one that seals.
    #[error(
        "the file of the sealing key holds another one than the key that seals: move it away, and the key that seals hands over"
    )]
    Replaced,
    /// A file is named by a key that it does not hold.
    #[error("{0} does not hold the key that it is named by: move it away")]
    Misnamed(String),
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
        Self::load_or_create_for(path, None)
    }

    /// As [`SealKey::load_or_create`]; where a user is named, by the id `owner`, it is a key of theirs or none.
    pub(super) fn load_or_create_for(path: &Path, owner: Option<u32>) -> Result<Self, SealKeyError> {
        match Self::load_of(path, owner) {
            Err(SealKeyError::File(e)) if e.kind() == io::ErrorKind::NotFound => {}
            other => return other,
        }
        match Self::create(path, owner) {
            // Another process of the same directory was faster.
            Err(SealKeyError::File(e)) if e.kind() == io::ErrorKind::AlreadyExists => Self::load_of(path, owner),
            other => other,
        }
    }

    fn load_of(path: &Path, owner: Option<u32>) -> Result<Self, SealKeyError> {
        belongs(fs::metadata(path)?.uid(), owner)?;
        Self::load(path)
    }

    /// Makes a key at `path`, where no file is yet.
    fn create(path: &Path, owner: Option<u32>) -> Result<Self, SealKeyError> {
        let mut seed = [0; 32];
        rand::rng().fill_bytes(&mut seed);
        let key = Self(SigningKey::from_bytes(&seed));
        key.write(path, owner)?;
        Ok(key)
    }

    /// Writes it to `path`, where no file is yet (mode 0600): whole under another name first, so that a file of this name
    /// never holds half a key, whenever the machine stops.
    fn write(&self, path: &Path, owner: Option<u32>) -> Result<(), SealKeyError> {
        let pem = self.0.to_pkcs8_pem(LineEnding::LF).map_err(|_| SealKeyError::Malformed)?;
        let (draft, mut file) = Draft::of(path)?;
        belongs(file.metadata()?.uid(), owner)?;
        file.write_all(pem.as_bytes())?;
        file.sync_all()?;
        Ok(draft.link(path)?)
    }

    /// Sees to it that a file holds it.
    pub(super) fn keep(&self, path: &Path) -> Result<(), SealKeyError> {
        match self.write(path, None) {
            // It lies there since before a crash, if it is the same.
            Err(SealKeyError::File(e)) if e.kind() == io::ErrorKind::AlreadyExists => {
                let same = Self::load(path)?.public() == self.public();
                if same { Ok(()) } else { Err(SealKeyError::Misnamed(path.display().to_string())) }
            }
            other => other,
        }
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

/// Whether a file of the user `here` is the one that `owner` is to have made.
fn belongs(here: u32, owner: Option<u32>) -> Result<(), SealKeyError> {
    match owner.filter(|owner| *owner != here) {
        Some(owner) => Err(SealKeyError::OtherUser { owner, here }),
        None => Ok(()),
    }
}

/// Whether the holder of the key signed the hash.
pub(super) fn signed_by(key: &[u8], hash: &[u8], signature: &[u8]) -> bool {
    let Ok(key) = <[u8; 32]>::try_from(key) else { return false };
    let Ok(signature) = <[u8; 64]>::try_from(signature) else { return false };
    VerifyingKey::from_bytes(&key)
        .is_ok_and(|key| key.verify_strict(hash, &ed25519_dalek::Signature::from_bytes(&signature)).is_ok())
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};

    use super::*;

    /// SECURITY 43: whoever looks, at whatever moment, finds no file or a whole key.
    #[test]
    fn half_a_key_is_never_there() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("seal.key.next");
        let over = AtomicBool::new(false);
        std::thread::scope(|scope| {
            let looking = scope.spawn(|| {
                let mut seen = 0;
                while !over.load(Ordering::Acquire) {
                    match SealKey::load(&path) {
                        Ok(_) => seen += 1,
                        Err(SealKeyError::File(e)) if e.kind() == io::ErrorKind::NotFound => {}
                        Err(other) => return Err(other.to_string()),
                    }
                }
                Ok(seen)
            });
            let made = (0..300).try_for_each(|_| {
                SealKey::create(&path, None)?;
                Ok::<_, SealKeyError>(fs::remove_file(&path)?)
            });
            over.store(true, Ordering::Release);
            made.unwrap();
            assert_eq!(looking.join().unwrap().map(|_| ()), Ok(()));
        });
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 0, "no draft is left");
    }

    /// SECURITY 43: a key that the server could not read is not made.
    #[test]
    fn another_user_makes_no_key() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("seal.key.next");
        let here = fs::metadata(directory.path()).unwrap().uid();
        let refused = SealKey::load_or_create_for(&path, Some(here + 1)).err();
        assert!(
            matches!(&refused, Some(SealKeyError::OtherUser { owner, here: us }) if *owner == here + 1 && *us == here)
        );
        assert!(refused.unwrap().to_string().contains(&format!("sudo -u '#{}' healthcare seal rotate-key", here + 1)));
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 0, "nothing is left");
        // Nor is one taken that somebody else has made.
        assert!(SealKey::load_or_create_for(&path, Some(here)).is_ok());
        let found = SealKey::load_or_create_for(&path, Some(here + 1)).err();
        assert!(matches!(found, Some(SealKeyError::OtherUser { .. })), "{found:?}");
        assert!(SealKey::load_or_create_for(&path, Some(here)).is_ok());
    }
}
