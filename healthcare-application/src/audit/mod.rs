//! The audit trail: who did what to whose data, when, why, from where, and what came of it. A read is answered once its
//! entry is durable; a write carries its entry in its own transaction. What cannot be recorded is not done.

mod entry;
mod trail;

pub use entry::{Entry, Fields, Outcome};
pub use trail::{AuditTrail, Receipt, Unrecorded};
