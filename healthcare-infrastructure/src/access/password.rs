//! Passwords: argon2id (19 MiB, two passes, one lane), off the async workers and a few at a time.

use std::sync::Arc;

use argon2::{
    Argon2,
    password_hash::{PasswordHasher, PasswordVerifier},
};
use healthcare_application::StoreError;
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::Semaphore;

/// Hashes at once: each takes 19 MiB and tens of milliseconds of a core.
const AT_ONCE: usize = 2;
/// NIST 800-63B-4 for a password without a second factor.
const SHORTEST: usize = 15;
/// Longer ones would be a way to keep a core busy.
const LONGEST: usize = 256;

/// Why a password is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    /// Too short or too long.
    #[error("a password has 15 to 256 characters")]
    Length,
}

/// Checks the length; any characters will do.
///
/// # Errors
/// When it is shorter than 15 or longer than 256 characters.
pub fn check(password: &SecretString) -> Result<(), PasswordError> {
    let length = password.expose_secret().chars().count();
    if (SHORTEST..=LONGEST).contains(&length) { Ok(()) } else { Err(PasswordError::Length) }
}

/// Hashes and compares, a few at a time.
#[derive(Clone)]
pub struct Passwords {
    places: Arc<Semaphore>,
}

impl Passwords {
    /// A desk with [`AT_ONCE`] places.
    pub fn new() -> Self {
        Self { places: Arc::new(Semaphore::new(AT_ONCE)) }
    }

    /// The hash to keep, in PHC form.
    ///
    /// # Errors
    /// When hashing fails, which only a lack of memory brings about.
    pub async fn hash(&self, password: SecretString) -> Result<String, StoreError> {
        self.at_a_place(move || {
            let hash = Argon2::default().hash_password(password.expose_secret().as_bytes());
            hash.map(|hash| hash.to_string()).map_err(|e| StoreError::Unavailable(e.to_string().into()))
        })
        .await?
    }

    /// Whether the password is the one that was hashed. Without a hash it takes as long and says no, so that an
    /// unknown name and a wrong password cannot be told apart.
    ///
    /// # Errors
    /// When the work cannot be done.
    pub async fn verify(&self, password: SecretString, hash: Option<String>) -> Result<bool, StoreError> {
        self.at_a_place(move || {
            let password = password.expose_secret().as_bytes();
            match hash {
                Some(hash) => Argon2::default().verify_password(password, hash.as_str()).is_ok(),
                None => {
                    let wasted = Argon2::default().hash_password(password);
                    std::hint::black_box(wasted.is_ok());
                    false
                }
            }
        })
        .await
    }

    async fn at_a_place<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, StoreError> {
        let _place = self.places.acquire().await.map_err(|e| StoreError::Unavailable(Box::new(e)))?;
        tokio::task::spawn_blocking(work).await.map_err(|e| StoreError::Unavailable(Box::new(e)))
    }
}
