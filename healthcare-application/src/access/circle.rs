//! Whose data a caller may follow.

use super::{Call, Circle, Followed, Permission, Strength, Unauthorised};
use crate::App;

impl App {
    /// The circle of a caller who may do `permission`: the patients for whom a permit would be made out now. The call keeps of
    /// whom that is so by a break-glass grant alone, for what is recorded of what they are shown.
    ///
    /// # Errors
    /// When the role does not have the permission, or the record cannot be reached.
    pub async fn circle(&self, call: &Call, permission: Permission) -> Result<Circle, Unauthorised> {
        let actor = &call.actor;
        if let Err(why) = self.decide(call, permission, actor.patient).await {
            return Err(self.denied(call, permission, actor.patient, why).await);
        }
        if actor.system {
            return Ok(Circle::Everybody);
        }
        if let Some(own) = actor.patient {
            return Ok(Circle::Only([own].into()));
        }
        let now = self.clock.now();
        let known_well = actor.strength != Strength::Password;
        let ended_after = self.policy.ended_after(now);
        let Followed { circle, by_grant } = self.care.circle(actor.account, known_well, now, ended_after).await?;
        call.by_grant.are(by_grant);
        Ok(circle)
    }
}
