//! The audit trail on PostgreSQL.

mod insert;
mod trail;

pub use insert::insert;
pub use trail::PgAuditTrail;
