//! Pseudonyms: keyed hashes of identities. Without the key nobody goes back, nor from a known identity forth.

use std::{
    fs::{self, OpenOptions},
    io::{self, Write},
    os::unix::fs::{OpenOptionsExt, PermissionsExt},
    path::Path,
};

use base64::{Engine, engine::general_purpose::STANDARD};
use rand::RngCore;
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// SHA-256's block, in bytes.
const BLOCK: usize = 64;

/// The key of the pseudonyms. It is in no log and no debug output.
#[derive(Clone)]
pub struct PseudonymKey([u8; 32]);

/// Why there is no key.
#[derive(Debug, thiserror::Error)]
pub enum PseudonymKeyError {
    /// The file cannot be read or made.
    #[error("the pseudonym key file cannot be read or made")]
    File(#[from] io::Error),
    /// Others can read the file.
    #[error("the pseudonym key file can be read by others; set its mode to 0600")]
    Exposed,
    /// It does not hold 32 bytes in base64.
    #[error("the pseudonym key file does not hold 32 bytes in base64")]
    Malformed,
}

impl PseudonymKey {
    /// Reads the key from `path`, or makes one there (mode 0600) if the file does not exist.
    ///
    /// # Errors
    /// When the file cannot be read or made, is open to others, or holds no key.
    pub fn load_or_create(path: &Path) -> Result<Self, PseudonymKeyError> {
        match fs::read_to_string(path) {
            Ok(text) => {
                if fs::metadata(path)?.permissions().mode() & 0o077 != 0 {
                    return Err(PseudonymKeyError::Exposed);
                }
                let bytes = STANDARD.decode(text.trim()).map_err(|_| PseudonymKeyError::Malformed)?;
                Ok(Self(bytes.try_into().map_err(|_| PseudonymKeyError::Malformed)?))
            }
            Err(e) if e.kind() == io::ErrorKind::NotFound => {
                let mut key = [0; 32];
                rand::rng().fill_bytes(&mut key);
                let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
                writeln!(file, "{}", STANDARD.encode(key))?;
                file.sync_all()?;
                Ok(Self(key))
            }
            Err(e) => Err(e.into()),
        }
    }

    /// The key of these bytes.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// What facts and dimensions are joined by: 63 bits. Two of ten million identities meet with a chance of one in
    /// 180,000; the second is then parked as an event that does not fit, not mixed up with the first.
    pub fn key(&self, id: Uuid) -> i64 {
        let hash = self.hash(b"key", id);
        let mut first = [0; 8];
        first.copy_from_slice(&hash[..8]);
        i64::from_be_bytes(first) & i64::MAX
    }

    /// What is shown instead of a name: 128 bits in hexadecimal.
    pub fn pseudonym(&self, id: Uuid) -> String {
        hex::encode(&self.hash(b"pseudonym", id)[..16])
    }

    /// What tells whether two keys are the same, and nothing more.
    pub fn fingerprint(&self) -> String {
        hex::encode(&hmac_sha256(&self.0, b"fingerprint")[..8])
    }

    fn hash(&self, purpose: &[u8], id: Uuid) -> [u8; 32] {
        let message: Vec<u8> = purpose.iter().chain(b":").chain(id.as_bytes()).copied().collect();
        hmac_sha256(&self.0, &message)
    }
}

/// HMAC (RFC 2104) over SHA-256.
pub(crate) fn hmac_sha256(key: &[u8], message: &[u8]) -> [u8; 32] {
    let mut block = [0; BLOCK];
    if key.len() > BLOCK {
        block[..32].copy_from_slice(&Sha256::digest(key));
    } else {
        block[..key.len()].copy_from_slice(key);
    }
    let inner = Sha256::new().chain_update(block.map(|b| b ^ 0x36)).chain_update(message).finalize();
    Sha256::new().chain_update(block.map(|b| b ^ 0x5c)).chain_update(inner).finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hmac_is_that_of_rfc_4231() {
        // Test cases 1, 2 and 6.
        let cases: [(&[u8], &[u8], &str); 3] = [
            (&[0x0b; 20], b"Hi There", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
            (
                b"Jefe",
                b"what do ya want for nothing?",
                "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
            ),
            (
                &[0xaa; 131],
                b"Test Using Larger Than Block-Size Key - Hash Key First",
                "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
            ),
        ];
        for (key, message, expected) in cases {
            assert_eq!(hex::encode(hmac_sha256(key, message)), expected);
        }
    }

    #[test]
    fn pseudonyms_hang_on_the_key_and_say_nothing_of_the_identity() {
        let (one, two) = (PseudonymKey::from_bytes([1; 32]), PseudonymKey::from_bytes([2; 32]));
        let id = Uuid::from_u128(7);
        assert_eq!(one.pseudonym(id), one.pseudonym(id));
        assert_ne!(one.pseudonym(id), two.pseudonym(id));
        assert_ne!(one.key(id), two.key(id));
        assert_ne!(one.key(id), one.key(Uuid::from_u128(8)));
        assert!(one.key(id) >= 0);
        assert_ne!(one.fingerprint(), two.fingerprint());
    }

    #[test]
    fn a_key_file_that_others_can_read_is_refused() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("pseudonym.key");
        let made = PseudonymKey::load_or_create(&path).unwrap();
        assert_eq!(PseudonymKey::load_or_create(&path).unwrap().fingerprint(), made.fingerprint());
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        assert!(matches!(PseudonymKey::load_or_create(&path), Err(PseudonymKeyError::Exposed)));
    }
}
