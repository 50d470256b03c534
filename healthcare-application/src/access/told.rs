//! What somebody is told of patients on the way of doing something else.

use std::collections::HashSet;

use healthcare_domain::id::PatientId;

use super::{Call, Permission};
use crate::{App, store::StoreError};

impl App {
    /// Of whom a caller learns no more than the directory shows: every registration of a very restricted record to which they
    /// do not stand as close as it asks. What is left out of a search must not tell by its absence what it is.
    ///
    /// # Errors
    /// When it cannot be told because the record cannot be reached.
    pub(crate) async fn kept_from(&self, call: &Call) -> Result<HashSet<PatientId>, StoreError> {
        if call.actor.system || call.actor.may(Permission::LabelRecord) {
            return Ok(HashSet::new());
        }
        let restricted = self.care.very_restricted().await?;
        let holders: HashSet<PatientId> = restricted.iter().map(|(_, holder)| *holder).collect();
        let close = self.close_enough(call, &holders.into_iter().collect::<Vec<_>>()).await?;
        Ok(restricted.into_iter().filter(|(_, holder)| !close.contains(holder)).map(|(one, _)| one).collect())
    }

    /// Whether a caller stands as close to a patient as their record asks, or has it open by a grant, whatever their role may
    /// read of it: for who is told something of it on the way of doing something else. Nothing is recorded.
    ///
    /// # Errors
    /// When it cannot be told because the record cannot be reached.
    pub(crate) async fn stands_close(&self, call: &Call, patient: PatientId) -> Result<bool, StoreError> {
        if call.actor.system {
            return Ok(true);
        }
        let now = self.clock.now();
        let standing = self.care.standing(call.actor.account, patient, now, self.policy.ended_after(now)).await?;
        Ok(standing.judge(&call.actor, now).is_ok())
    }
}
