//! Sealing bytes under a data key: AES-256-GCM-SIV, which forgives a repeated nonce.

use aes_gcm_siv::{
    Aes256GcmSiv, Nonce,
    aead::{Aead, KeyInit, Payload},
};
use rand::RngCore;
use uuid::Uuid;

/// What stands in front of sealed bytes: the format, so that another can follow.
const FORMAT: u8 = 1;
const NONCE: usize = 12;

/// A key of 256 bits. Its bytes are in no log and no debug output.
pub struct DataKey {
    cipher: Aes256GcmSiv,
    bytes: [u8; 32],
}

/// Bytes that do not open: another key, another place, or damage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("sealed bytes do not open under this key at this place")]
pub struct CipherError;

impl DataKey {
    /// A new key from the operating system's randomness.
    pub fn generate() -> Self {
        let mut bytes = [0; 32];
        rand::rng().fill_bytes(&mut bytes);
        Self::from_bytes(bytes)
    }

    /// The key of these bytes.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self { cipher: Aes256GcmSiv::new(&bytes.into()), bytes }
    }

    pub(super) fn bytes(&self) -> &[u8; 32] {
        &self.bytes
    }

    /// Seals bytes for one place; they open nowhere else.
    pub fn seal(&self, place: &[u8], plain: &[u8]) -> Vec<u8> {
        let mut nonce = [0; NONCE];
        rand::rng().fill_bytes(&mut nonce);
        // Sealing fails only beyond 64 GiB.
        let sealed =
            self.cipher.encrypt(Nonce::from_slice(&nonce), Payload { msg: plain, aad: place }).unwrap_or_default();
        let mut out = Vec::with_capacity(1 + NONCE + sealed.len());
        out.push(FORMAT);
        out.extend_from_slice(&nonce);
        out.extend_from_slice(&sealed);
        out
    }

    /// Opens what was sealed for this place.
    ///
    /// # Errors
    /// When it was sealed under another key or for another place, or was changed.
    pub fn open(&self, place: &[u8], sealed: &[u8]) -> Result<Vec<u8>, CipherError> {
        match sealed.split_first() {
            Some((&FORMAT, rest)) if rest.len() > NONCE => {
                let (nonce, msg) = rest.split_at(NONCE);
                self.cipher.decrypt(Nonce::from_slice(nonce), Payload { msg, aad: place }).map_err(|_| CipherError)
            }
            _ => Err(CipherError),
        }
    }
}

/// The place of an event: its stream and version.
pub fn event_place(stream: Uuid, version: i32) -> [u8; 20] {
    let mut place = [0; 20];
    place[..16].copy_from_slice(stream.as_bytes());
    place[16..].copy_from_slice(&version.to_be_bytes());
    place
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_opens_at_its_place_only() {
        let key = DataKey::generate();
        let sealed = key.seal(b"stream-1", b"penicillin");
        assert_eq!(key.open(b"stream-1", &sealed).unwrap(), b"penicillin");
        assert_eq!(key.open(b"stream-2", &sealed), Err(CipherError));
        assert_eq!(DataKey::generate().open(b"stream-1", &sealed), Err(CipherError));
        for n in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[n] ^= 1;
            assert_eq!(key.open(b"stream-1", &changed), Err(CipherError), "byte {n}");
        }
    }
}
