//! Whose data a caller may follow.

use super::{Call, Circle, Permission, Unauthorised};
use crate::App;

impl App {
    /// The circle of a caller who may do `permission`: the patients for whom a permit would be made out now.
    ///
    /// # Errors
    /// When the role does not have the permission, or the record cannot be reached.
    pub async fn circle(&self, call: &Call, permission: Permission) -> Result<Circle, Unauthorised> {
        self.authorise(call, permission, call.actor.patient).await?;
        Ok(match call.actor.patient {
            Some(own) => Circle::Only([own].into()),
            None => Circle::Everybody,
        })
    }
}
