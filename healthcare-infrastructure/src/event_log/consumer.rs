//! What follows the log.

use async_trait::async_trait;
use healthcare_application::{StoreError, store::Recorded};

use crate::database::{Database, sqlstate};

/// Something that follows the log: every event is handled once, in order within a patient.
///
/// The effects go into the transaction that is handed over; the checkpoint moves in the same one. An effect outside
/// of it (a message sent) has to bear being repeated.
#[async_trait]
pub trait Consumer: Send + Sync {
    /// The name of its checkpoint, once and for all.
    fn name(&self) -> &'static str;

    /// Whether it wants events of this CloudEvents type; others are not even decrypted.
    fn wants(&self, _event_type: &str) -> bool {
        true
    }

    /// Into how many parts patients are split, each with a checkpoint and a task of its own. It cannot be changed
    /// under the same name.
    fn parts(&self) -> i32 {
        1
    }

    /// Where it begins when it is new.
    fn start(&self) -> Start {
        Start::Beginning
    }

    /// Whether its effects need not wait for the disk. A crash may then take the last of them, and the checkpoint with
    /// them: they are had again. Only for who keeps everything in the transaction and tells nobody of it.
    fn at_leisure(&self) -> bool {
        false
    }

    /// How many times as long as it worked it rests after a window, so that those who wait for an answer come first:
    /// one that rests three times as long takes a quarter of a core at the most, however far behind it is.
    fn rests(&self) -> u32 {
        0
    }

    /// Called each time a process takes over, before the first event: what is not as it must be is said here.
    ///
    /// # Errors
    /// When it cannot begin; it is tried again.
    async fn ready(&self, _db: &Database) -> Result<(), ConsumeError> {
        Ok(())
    }

    /// Takes one event in. May be called again for the same event after a rollback.
    ///
    /// # Errors
    /// `Poison` parks the patient; `Unavailable` is tried again.
    async fn handle(&self, tx: &deadpool_postgres::Transaction<'_>, event: &Recorded) -> Result<(), ConsumeError>;

    /// Called after a commit that held effects: the place for wake-ups. It may be left out when the process ends.
    async fn committed(&self) {}
}

/// Where a new consumer begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Start {
    /// At the first event there is.
    Beginning,
    /// At what happens from now on.
    Now,
}

/// Why an event was not handled.
#[derive(Debug, thiserror::Error)]
pub enum ConsumeError {
    /// This event cannot be handled, now or later: it waits for a person, and the patient's later events behind it.
    /// The words are kept and shown to operators; nothing about the patient is in them.
    #[error("{0}")]
    Poison(String),
    /// The database, or what else is needed, does not answer; the event is tried again.
    #[error("what is needed does not answer")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl From<tokio_postgres::Error> for ConsumeError {
    fn from(error: tokio_postgres::Error) -> Self {
        // Classes: 08 connection, 25 transaction state, 40 rollback, 53 resources, 55 locks, 57 operator, 58 system.
        match sqlstate(&error) {
            Some(state) if !["08", "25", "40", "53", "55", "57", "58"].iter().any(|class| state.starts_with(class)) => {
                // The message may quote values; the names of a state and a constraint do not.
                let at = error.as_db_error().and_then(|e| e.constraint().or(e.column()).or(e.table())).unwrap_or("?");
                Self::Poison(format!("the database refuses it: SQLSTATE {state} at {at}"))
            }
            _ => Self::Unavailable(Box::new(error)),
        }
    }
}

impl From<StoreError> for ConsumeError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Damaged(_) => Self::Poison("the payload does not open, or is no event we know".into()),
            StoreError::Exists(constraint) => Self::Poison(format!("it exists already ({constraint})")),
            StoreError::Closed(why) => Self::Poison(format!("the record takes nothing of this kind: {}", why.as_str())),
            StoreError::Foreign => Self::Poison("it is about another patient than was permitted".into()),
            StoreError::OutOfRange => {
                Self::Poison("a time, a number or a text is beyond what the record can hold".into())
            }
            StoreError::KeyReused => Self::Poison("an idempotency key was used for something else".into()),
            StoreError::Conflict => Self::Unavailable(Box::new(StoreError::Conflict)),
            StoreError::Unavailable(cause) => match cause.downcast::<tokio_postgres::Error>() {
                Ok(error) => Self::from(*error),
                Err(cause) => Self::Unavailable(cause),
            },
        }
    }
}
