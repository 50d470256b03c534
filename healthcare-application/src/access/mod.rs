//! Who may do what. Every use case asks here first; the answer is a proof that the ports demand.

mod actor;
mod authorise;
mod permission;
mod role;

pub use actor::{Actor, Call, Idempotency, Strength};
pub use authorise::{Denied, Permit};
pub use permission::Permission;
pub use role::Role;
