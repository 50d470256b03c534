//! Whose data a caller may follow.

use super::{Call, Circle, Permission, Unauthorised};
use crate::App;

impl App {
    /// The circle of a caller who may do `permission`: the patients for whom a permit would be made out now.
    ///
    /// # Errors
    /// When the role does not have the permission, or the record cannot be reached.
    pub async fn circle(&self, call: &Call, permission: Permission) -> Result<Circle, Unauthorised> {
        if let Err(why) = self.decide(call, permission, call.actor.patient).await {
            return Err(self.denied(call, permission, call.actor.patient, why).await);
        }
        Ok(match call.actor.patient {
            Some(own) => Circle::Only([own].into()),
            None => Circle::Everybody,
        })
    }
}
