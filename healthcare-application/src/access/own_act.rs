//! By whose act somebody comes to care for a patient. Nobody comes closer by their own, nor by a grant that is to end.

use healthcare_domain::{
    care_team::{Act, Member},
    id::AccountId,
};

use super::{Call, Closeness, Denied, Permit, Purpose, Unauthorised};
use crate::{App, store::StoreError};

impl App {
    /// Demands that a care relationship stands behind a permit: under a break-glass grant nobody is taken into a patient's
    /// care, for that would outlive the grant and its review. What is denied is recorded.
    ///
    /// # Errors
    /// [`Denied::GrantOnly`] where only a grant opens the record, or when that cannot be recorded.
    pub(crate) async fn ensure_cares(&self, call: &Call, permit: &Permit) -> Result<(), Unauthorised> {
        if permit.purpose() != Purpose::EmergencyTreatment {
            return Ok(());
        }
        Err(self.denied(call, permit.permission(), permit.patient(), Denied::GrantOnly.into()).await)
    }

    /// By whose act somebody would be taken in: it is their own where it is the caller, or a ward the caller works on, and
    /// the caller is not as close to the patient already as it would make them.
    ///
    /// # Errors
    /// When it cannot be told on which wards the caller works.
    pub(crate) async fn act_for(&self, call: &Call, permit: &Permit, member: &Member) -> Result<Act, StoreError> {
        let by: AccountId = call.actor.account;
        let own = match member {
            Member::Account(account) => *account == by && permit.closeness() < Closeness::Personal,
            Member::Ward(ward) if permit.closeness() < Closeness::Ward => {
                self.care.works_on(by, ward, self.clock.now()).await?
            }
            Member::Ward(_) => false,
        };
        Ok(if own { Act::Own } else { Act::Anothers })
    }
}
