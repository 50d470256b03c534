//! The audit trail: who did what to whose data, when, why, from where, and what came of it. A read is answered once its
//! entry is durable; a write carries its entry in its own transaction. What cannot be recorded is not done.

mod accountable;
mod entry;
mod kept;
mod list_accesses;
mod search;
mod search_audit;
mod trail;

pub use accountable::Accountable;
pub use entry::{Entry, Fields, Outcome, UnknownWord};
pub use list_accesses::{AccessFilter, AccessPage, RecordAccess, list_accesses};
pub use search::{AuditCursor, AuditFilter, AuditPaging, AuditSort, LogPage, Logged};
pub use search_audit::{ExportError, begin_export, search_audit};
pub use trail::{AuditTrail, Receipt, Unrecorded};
