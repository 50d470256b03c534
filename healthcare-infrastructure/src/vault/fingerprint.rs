//! Keyed hashes: what is equal has equal fingerprints, and nobody without the master key can try numbers against them.

use sha2::{Digest, Sha256};

use super::Vault;

const BLOCK: usize = 64;

impl Vault {
    /// HMAC-SHA-256 (RFC 2104) of `parts` under the master key, for one `purpose`.
    pub fn fingerprint(&self, purpose: &str, parts: &[&[u8]]) -> [u8; 32] {
        let mut key = [0; BLOCK];
        key[..32].copy_from_slice(self.master.secret());
        let pad = |with: u8| key.map(|byte| byte ^ with);
        let mut inner = Sha256::new_with_prefix(pad(0x36));
        for part in std::iter::once(&purpose.as_bytes()).chain(parts) {
            // The length in front keeps ("ab", "c") and ("a", "bc") apart.
            inner.update((part.len() as u64).to_be_bytes());
            inner.update(part);
        }
        Sha256::new_with_prefix(pad(0x5c)).chain_update(inner.finalize()).finalize().into()
    }
}
