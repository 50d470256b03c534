//! The audit trail on PostgreSQL.

mod answered;
mod insert;
mod search;
mod stretch;
mod trail;
mod written;

pub use answered::answered;
pub use insert::insert;
pub use trail::PgAuditTrail;
pub use written::written;
