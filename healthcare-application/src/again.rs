//! Deciding again because somebody else was faster: written once for all that is decided on a patient's safety row.

use healthcare_domain::id::PatientId;

use crate::{App, CommandError, store::StoreError};

/// How often a decision is made again after what it stood on has changed. Of those who sign for one patient at once one is
/// stored a round and the others look again, so this is how many may sign for one patient in one moment.
const ROUNDS: u32 = 64;

/// The rounds that a decision about a patient has left.
#[derive(Debug)]
pub(crate) struct Again {
    patient: PatientId,
    left: u32,
}

impl Again {
    /// A decision about a patient, made for the first time.
    pub(crate) fn on(patient: PatientId) -> Self {
        Self { patient, left: ROUNDS - 1 }
    }

    /// Whether to decide again after the store did not take it: where somebody else was faster.
    ///
    /// # Errors
    /// What the store said, where it was something else, or no round is left; and where the patient was merged into another
    /// one meanwhile, who that is: what was read is another record's by now, and it has to be looked at there.
    pub(crate) async fn after<E>(&mut self, app: &App, error: StoreError) -> Result<(), CommandError<E>> {
        if !matches!(error, StoreError::Conflict) || self.left == 0 {
            return Err(CommandError::Store(error));
        }
        self.left -= 1;
        match app.care.survivor(self.patient).await? {
            held if held == self.patient => Ok(()),
            survivor => Err(CommandError::Merged(survivor)),
        }
    }
}
