//! Why a use case did not do what was asked.

use chrono::{DateTime, Utc};
use healthcare_domain::id::PatientId;

use crate::{
    access::{Denied, StepUpRequired, Unauthorised},
    decision::Interruption,
    store::StoreError,
};

/// Why a command changed nothing.
#[derive(Debug, thiserror::Error)]
pub enum CommandError<E> {
    /// The caller may not.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// The caller is to show a second factor again first.
    #[error(transparent)]
    StepUp(#[from] StepUpRequired),
    /// The patient was merged into another one, whom it is to be asked of.
    #[error("the patient was merged into {0}")]
    Merged(PatientId),
    /// The domain refuses.
    #[error(transparent)]
    Refused(E),
    /// There is no such patient.
    #[error("there is no such patient")]
    NoSuchPatient,
    /// A reference names something that is not this patient's; the place in the command, as a JSON pointer.
    #[error("it is not this patient's")]
    Foreign(&'static str),
    /// Decision support speaks against it: findings wait for an answer.
    #[error("findings of decision support wait for an answer")]
    Interrupted(Box<Interruption>),
    /// An override answers a finding that was not made.
    #[error("no finding {0} was made; overrides answer findings")]
    UnknownFinding(String),
    /// `If-Match` names a version that is not the current one.
    #[error("the resource is at version {current}")]
    Stale {
        /// The version it stands at.
        current: i32,
    },
    /// The store could not take it.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Why an amendment changed nothing.
#[derive(Debug)]
pub enum AmendError<E, M> {
    /// What is to be changed does not fit what is there; in the words of who merges the two.
    Misfit(M),
    /// The command was not done.
    Command(CommandError<E>),
}

impl<E, M, C: Into<CommandError<E>>> From<C> for AmendError<E, M> {
    fn from(error: C) -> Self {
        Self::Command(error.into())
    }
}

/// Why a query has no answer.
#[derive(Debug, thiserror::Error)]
pub enum QueryError {
    /// The caller may not.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// The patient was merged into another one, whom it is to be asked of.
    #[error("the patient was merged into {0}")]
    Merged(PatientId),
    /// There is no such thing, or the caller may not know of it.
    #[error("not found")]
    NotFound,
    /// The cursor is not one of ours.
    #[error("the cursor is not valid")]
    BadCursor,
    /// Single readings of devices are kept since then, and no earlier ones.
    #[error("readings are kept one by one since {0}")]
    NotKept(DateTime<Utc>),
    /// A second factor is to be shown again first.
    #[error(transparent)]
    StepUp(#[from] StepUpRequired),
    /// The store could not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl<E> From<Unauthorised> for CommandError<E> {
    fn from(why: Unauthorised) -> Self {
        match why {
            Unauthorised::Denied(denied) => Self::Denied(denied),
            Unauthorised::Merged(survivor) => Self::Merged(survivor),
            Unauthorised::Store(error) => Self::Store(error),
        }
    }
}

impl From<Unauthorised> for QueryError {
    fn from(why: Unauthorised) -> Self {
        match why {
            Unauthorised::Denied(denied) => Self::Denied(denied),
            Unauthorised::Merged(survivor) => Self::Merged(survivor),
            Unauthorised::Store(error) => Self::Store(error),
        }
    }
}
