//! Hashing (argon2id, 19 MiB, two passes, one lane): on threads of its own that yield to those that serve, a few at a
//! time, and with a bounded queue. What does not fit is sent away at once rather than kept waiting.

use std::{
    num::NonZero,
    sync::{
        Arc, Mutex, PoisonError,
        mpsc::{Receiver, SyncSender, TrySendError, sync_channel},
    },
    thread,
};

use argon2::{Argon2, Params, PasswordHash, PasswordHasher, PasswordVerifier};
use healthcare_application::StoreError;
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::oneshot;

use super::password::normalised;

/// How many wait for a place: about half a second's work.
const WAITING: usize = 12;
/// How much more readily others get a core (see nice(2)): a ward's reads go before anybody's sign-in.
const NICENESS: i32 = 10;

/// All places are taken and enough wait already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("too many sign in at once; try again in a second")]
pub struct Busy;

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum HashingError {
    /// There is no place.
    #[error(transparent)]
    Busy(#[from] Busy),
    /// The work could not be done.
    #[error(transparent)]
    Store(#[from] StoreError),
}

type Job = Box<dyn FnOnce() + Send>;

/// The desk where passwords are hashed and compared. Cheap to clone; its threads end with the last clone.
#[derive(Clone)]
pub struct Hashing {
    queue: SyncSender<Job>,
}

impl Hashing {
    /// A desk with one place for every two cores.
    pub fn new() -> Self {
        let cores = thread::available_parallelism().map_or(1, NonZero::get);
        let (queue, jobs) = sync_channel(WAITING);
        let jobs = Arc::new(Mutex::new(jobs));
        for _ in 0..(cores / 2).max(1) {
            let jobs = jobs.clone();
            let worker = thread::Builder::new().name("hashing".into()).spawn(move || work(&jobs));
            if let Err(error) = worker {
                // With no worker at all every sign-in is answered as busy.
                tracing::error!(%error, "a thread that hashes passwords cannot be started");
            }
        }
        Self { queue }
    }

    /// The hash to keep, in PHC form.
    ///
    /// # Errors
    /// When there is no place, or no memory.
    pub async fn hash(&self, password: &SecretString) -> Result<String, HashingError> {
        let password = normalised(password);
        let hashed = self.at_a_place(move || {
            let hash = Argon2::default().hash_password(password.expose_secret().as_bytes());
            hash.map(|hash| hash.to_string()).map_err(|e| StoreError::Unavailable(e.to_string().into()))
        });
        Ok(hashed.await??)
    }

    /// Whether the password is the one that was hashed. Without a hash it takes as long and says no, so that an
    /// unknown name and a wrong password cannot be told apart.
    ///
    /// # Errors
    /// When there is no place.
    pub async fn verify(&self, password: &SecretString, hash: Option<String>) -> Result<bool, HashingError> {
        let password = normalised(password);
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

    async fn at_a_place<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, HashingError> {
        let (answer, answered) = oneshot::channel();
        let job: Job = Box::new(move || {
            // Nobody waits any more for what was given up.
            if !answer.is_closed() {
                let _given_up = answer.send(work());
            }
        });
        self.queue.try_send(job).map_err(|refused| match refused {
            TrySendError::Full(_) => HashingError::Busy(Busy),
            TrySendError::Disconnected(_) => StoreError::Unavailable("no thread hashes passwords".into()).into(),
        })?;
        Ok(answered.await.map_err(|e| StoreError::Unavailable(Box::new(e)))?)
    }
}

/// Works until nobody can send any more.
fn work(jobs: &Mutex<Receiver<Job>>) {
    // On Linux this is the calling thread alone. Without the right to it, it works as before.
    let _not_permitted = rustix::process::setpriority_process(None, NICENESS);
    loop {
        let job = jobs.lock().unwrap_or_else(PoisonError::into_inner).recv();
        match job {
            Ok(job) => job(),
            Err(_) => return,
        }
    }
}

/// Whether a hash was made with less than is asked for today.
pub(super) fn is_outdated(hash: &str) -> bool {
    let Ok(parsed) = PasswordHash::new(hash) else { return true };
    let Ok(params) = Params::try_from(&parsed) else { return true };
    parsed.algorithm.as_str() != "argon2id"
        || params.m_cost() < Params::DEFAULT_M_COST
        || params.t_cost() < Params::DEFAULT_T_COST
}

#[cfg(test)]
mod tests {
    use super::*;

    /// SECURITY 1: argon2id of at least 19 MiB and two passes; what was hashed with less is hashed anew.
    #[tokio::test]
    async fn hashes_are_argon2id_and_old_ones_are_told_apart() {
        let desk = Hashing::new();
        let password: SecretString = "tall green kites".into();
        let hash = desk.hash(&password).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(desk.verify(&password, Some(hash.clone())).await.unwrap());
        assert!(!desk.verify(&"tall green kite".into(), Some(hash.clone())).await.unwrap());
        assert!(!desk.verify(&password, None).await.unwrap());
        assert!(!is_outdated(&hash));
        let weak = Argon2::from(Params::new(8 * 1024, 2, 1, None).unwrap());
        let weak = weak.hash_password(b"tall green kites").unwrap().to_string();
        assert!(is_outdated(&weak));
        assert!(desk.verify(&password, Some(weak)).await.unwrap(), "it is still the password");
    }

    /// SECURITY 2: what does not fit is sent away at once.
    #[tokio::test]
    async fn a_full_queue_sends_away() {
        let desk = Hashing::new();
        let password: SecretString = "tall green kites".into();
        let all = (0..200).map(|_| desk.verify(&password, None));
        let answers = futures::future::join_all(all).await;
        let busy = answers.iter().filter(|answer| matches!(answer, Err(HashingError::Busy(_)))).count();
        assert!((1..200).contains(&busy), "{busy} of 200 were sent away");
    }
}
