//! The keys of tokens: one signs, up to two more are recognised, so that a key is replaced without a logout. Nodes that
//! share a data directory learn of a new key before the first token is signed with it.

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::{Arc, PoisonError, RwLock},
    time::{Duration, SystemTime},
};

use chrono::{DateTime, Utc};
use healthcare_application::Actor;
use serde_json::json;
use uuid::Uuid;

use super::{
    SigningKeyError, TokenError, TokenKey,
    token::{self, Verified},
};

/// Signs.
const CURRENT: &str = "token.key";
/// Will sign; recognised already.
const NEXT: &str = "token.next.key";
/// Has signed; recognised still.
const PREVIOUS: &str = "token.previous.key";
/// The files of keys.
pub const KEY_FILES: [&str; 3] = [CURRENT, NEXT, PREVIOUS];

/// How long a new key is announced before it signs: every node looks each second.
pub const ANNOUNCED: Duration = Duration::from_secs(5);

/// The keys of tokens. Cheap to clone.
#[derive(Clone)]
pub struct TokenKeys {
    directory: PathBuf,
    ring: Arc<RwLock<Ring>>,
}

struct Ring {
    signing: TokenKey,
    others: Vec<TokenKey>,
    read_at: Stamp,
}

/// When each file was last written, by what the file system says.
type Stamp = [Option<SystemTime>; 3];

impl TokenKeys {
    /// Reads the keys of a directory; makes the one that signs if there is none.
    ///
    /// # Errors
    /// When a file cannot be read or made, is open to others, or holds no key.
    pub fn open(directory: &Path) -> Result<Self, SigningKeyError> {
        let read_at = stamp(directory);
        let signing = TokenKey::load_or_create(&directory.join(CURRENT))?;
        let ring = Ring { signing, others: others(directory)?, read_at };
        Ok(Self { directory: directory.to_owned(), ring: Arc::new(RwLock::new(ring)) })
    }

    /// Looks whether the files have changed, and reads them anew then. What cannot be read changes nothing.
    pub(super) fn look_again(&self) {
        let now = stamp(&self.directory);
        if self.ring.read().unwrap_or_else(PoisonError::into_inner).read_at == now {
            return;
        }
        let fresh = TokenKey::load(&self.directory.join(CURRENT))
            .and_then(|signing| Ok(Ring { signing, others: others(&self.directory)?, read_at: now }));
        match fresh {
            Ok(ring) => *self.ring.write().unwrap_or_else(PoisonError::into_inner) = ring,
            Err(error) => {
                tracing::error!(error = &error as &dyn std::error::Error, "the token keys cannot be read anew")
            }
        }
    }

    /// Signs a token for an actor: until then, or for as long as a token lives.
    pub(super) fn sign(
        &self,
        actor: &Actor,
        id: Uuid,
        now: DateTime<Utc>,
        until: Option<DateTime<Utc>>,
    ) -> Result<String, jsonwebtoken::errors::Error> {
        self.ring.read().unwrap_or_else(PoisonError::into_inner).signing.sign(actor, id, now, until)
    }

    /// Checks a token at `now` under the key it names.
    pub(super) fn verify(&self, access_token: &str, now: DateTime<Utc>) -> Result<Verified, TokenError> {
        let kid = token::kid_of(access_token)?;
        let known = |ring: &Ring| ring.of(&kid).map(|key| key.verify(access_token, now));
        if let Some(outcome) = known(&self.ring.read().unwrap_or_else(PoisonError::into_inner)) {
            return outcome;
        }
        // A node that shares the directory may have begun to sign with a key this one has not read.
        self.look_again();
        known(&self.ring.read().unwrap_or_else(PoisonError::into_inner)).unwrap_or(Err(TokenError::Invalid))
    }

    /// The public halves (RFC 8037), the one that signs first.
    pub fn jwks(&self) -> serde_json::Value {
        let ring = self.ring.read().unwrap_or_else(PoisonError::into_inner);
        json!({ "keys": ring.all().map(TokenKey::jwk).collect::<Vec<_>>() })
    }
}

impl Ring {
    fn all(&self) -> impl Iterator<Item = &TokenKey> {
        std::iter::once(&self.signing).chain(self.others.iter().filter(|key| key.kid() != self.signing.kid()))
    }

    fn of(&self, kid: &str) -> Option<&TokenKey> {
        self.all().find(|key| key.kid() == kid)
    }
}

/// The keys that are recognised without signing.
fn others(directory: &Path) -> Result<Vec<TokenKey>, SigningKeyError> {
    let mut keys = Vec::new();
    for name in [NEXT, PREVIOUS] {
        match TokenKey::load(&directory.join(name)) {
            Ok(key) => keys.push(key),
            Err(SigningKeyError::File(error)) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
    }
    Ok(keys)
}

fn stamp(directory: &Path) -> Stamp {
    KEY_FILES.map(|name| fs::metadata(directory.join(name)).and_then(|file| file.modified()).ok())
}

/// Makes a new key and announces it; it signs from [`sign_with_the_announced`] on.
///
/// # Errors
/// When the file cannot be made, e.g. because one is announced already.
pub fn announce_key(directory: &Path) -> Result<(), SigningKeyError> {
    let next = directory.join(NEXT);
    if next.exists() {
        return Err(io::Error::new(io::ErrorKind::AlreadyExists, "a key is announced already").into());
    }
    TokenKey::load_or_create(&next).map(|_| ())
}

/// Lets the announced key sign. The one before is recognised until the next rotation, which is longer than any token
/// lives. There is a key that signs at every moment.
///
/// # Errors
/// When no key is announced or the files cannot be moved.
pub fn sign_with_the_announced(directory: &Path) -> Result<(), SigningKeyError> {
    let path = |name: &str| directory.join(name);
    TokenKey::load(&path(NEXT))?;
    let aside = path("token.previous.key.new");
    match fs::remove_file(&aside) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error.into()),
        _ => {}
    }
    fs::hard_link(path(CURRENT), &aside)?;
    fs::rename(&aside, path(PREVIOUS))?;
    fs::rename(path(NEXT), path(CURRENT))?;
    fs::File::open(directory)?.sync_all()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use healthcare_application::Role;
    use healthcare_domain::id::AccountId;

    use super::*;

    fn kids(keys: &TokenKeys) -> Vec<String> {
        let jwks = keys.jwks();
        jwks["keys"].as_array().unwrap().iter().map(|key| key["kid"].as_str().unwrap().to_owned()).collect()
    }

    /// SECURITY 17: two kids, and a key is replaced without a logout.
    #[test]
    fn a_key_is_replaced_without_a_logout() {
        let directory = tempfile::tempdir().unwrap();
        let now = "2026-11-21T10:00:00Z".parse().unwrap();
        let nurse = Actor::of(AccountId(Uuid::from_u128(7)), Role::Nurse);
        let node = TokenKeys::open(directory.path()).unwrap();
        let slow = TokenKeys::open(directory.path()).unwrap();
        let before = node.sign(&nurse, Uuid::from_u128(1), now, None).unwrap();

        announce_key(directory.path()).unwrap();
        assert!(announce_key(directory.path()).is_err(), "one at a time");
        node.look_again();
        assert_eq!(kids(&node).len(), 2);
        let announced = node.sign(&nurse, Uuid::from_u128(2), now, None).unwrap();
        assert_eq!(token::kid_of(&announced), token::kid_of(&before), "it does not sign yet");

        sign_with_the_announced(directory.path()).unwrap();
        node.look_again();
        let after = node.sign(&nurse, Uuid::from_u128(3), now, None).unwrap();
        assert_ne!(token::kid_of(&after), token::kid_of(&before));
        for token in [&before, &announced, &after] {
            assert!(node.verify(token, now).is_ok());
            assert!(slow.verify(token, now).is_ok(), "a node that has not looked looks when it meets a new key");
        }

        announce_key(directory.path()).unwrap();
        sign_with_the_announced(directory.path()).unwrap();
        node.look_again();
        assert_eq!(node.verify(&before, now).map(|_| ()), Err(TokenError::Invalid), "two rotations later it is over");
        assert!(node.verify(&after, now).is_ok());
    }

    /// SECURITY 17: no start on a key that others can read.
    #[test]
    fn a_key_that_others_can_read_is_refused() {
        use std::os::unix::fs::PermissionsExt;
        for name in KEY_FILES {
            let directory = tempfile::tempdir().unwrap();
            let file = directory.path().join(name);
            drop(TokenKey::load_or_create(&file).unwrap());
            assert!(TokenKeys::open(directory.path()).is_ok());
            fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
            let refused = TokenKeys::open(directory.path()).map(|_| ());
            assert!(matches!(refused, Err(SigningKeyError::Exposed)), "{name}");
        }
    }
}
