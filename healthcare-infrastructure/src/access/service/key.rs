//! The key that secrets of programs are digested under. A secret has 256 random bits: nobody tries them out, so a slow
//! hash would only cost the server time on each of thousands of token requests. The key makes a copy of the database,
//! and even a guess at a badly made secret, useless to whoever does not have it as well.

use std::{
    fs::{self, OpenOptions},
    io::{self, Write},
    os::unix::fs::{OpenOptionsExt, PermissionsExt},
    path::Path,
};

use base64::{Engine, engine::general_purpose::STANDARD};
use rand::RngCore;

use crate::reporting::hmac_sha256;

/// The key. It is in no log and no debug output.
pub struct ServiceKey([u8; 32]);

/// Why there is no key.
#[derive(Debug, thiserror::Error)]
pub enum ServiceKeyError {
    /// The file cannot be read or made.
    #[error("the key file of service accounts cannot be read or made")]
    File(#[from] io::Error),
    /// Others can read the file.
    #[error("the key file of service accounts can be read by others; set its mode to 0600")]
    Exposed,
    /// It does not hold 32 bytes in base64.
    #[error("the key file of service accounts does not hold 32 bytes in base64")]
    Malformed,
}

impl ServiceKey {
    /// Reads the key from `path`, or makes one there (mode 0600) if the file does not exist.
    ///
    /// # Errors
    /// When the file cannot be read or made, is open to others, or holds no key.
    pub fn load_or_create(path: &Path) -> Result<Self, ServiceKeyError> {
        let mut key = [0; 32];
        rand::rng().fill_bytes(&mut key);
        match OpenOptions::new().write(true).create_new(true).mode(0o600).open(path) {
            Ok(mut file) => {
                writeln!(file, "{}", STANDARD.encode(key))?;
                file.sync_all()?;
                Ok(Self(key))
            }
            Err(e) if e.kind() == io::ErrorKind::AlreadyExists => {
                if fs::metadata(path)?.permissions().mode() & 0o077 != 0 {
                    return Err(ServiceKeyError::Exposed);
                }
                let bytes =
                    STANDARD.decode(fs::read_to_string(path)?.trim()).map_err(|_| ServiceKeyError::Malformed)?;
                Ok(Self(bytes.try_into().map_err(|_| ServiceKeyError::Malformed)?))
            }
            Err(e) => Err(e.into()),
        }
    }

    /// What is kept of a secret.
    pub(super) fn digest(&self, secret: &str) -> Vec<u8> {
        hmac_sha256(&self.0, secret.as_bytes()).to_vec()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// SECURITY 50: a key that others can read is refused, and the same file gives the same key.
    #[test]
    fn the_key_is_its_file_and_nobody_elses() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("service.key");
        let key = ServiceKey::load_or_create(&path).unwrap();
        let again = ServiceKey::load_or_create(&path).unwrap();
        assert_eq!(key.digest("secret"), again.digest("secret"));
        assert_ne!(key.digest("secret"), ServiceKey([0; 32]).digest("secret"));
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        assert!(matches!(ServiceKey::load_or_create(&path), Err(ServiceKeyError::Exposed)));
    }
}
