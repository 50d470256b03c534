//! Who may do what. Every use case asks here first; the answer is a proof that the ports demand.

mod actor;
mod authorise;
mod by_grant;
mod circle;
mod denied;
mod own_act;
mod permission;
mod purpose;
mod role;
mod sealed;
mod standing;
mod step_up;
mod told;

pub use actor::{Actor, Call, Idempotency, Strength};
pub use authorise::{Permit, Reach};
pub use by_grant::ByGrant;
pub use denied::{Denied, Unauthorised};
pub use permission::Permission;
pub use purpose::Purpose;
pub use role::Role;
pub use sealed::Sealed;
pub use standing::{AccessPolicy, CareRelations, Circle, Closeness, Followed, GrantState, Standing};
pub use step_up::{STEP_UP_MINUTES, StepUpRequired};
