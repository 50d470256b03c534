//! The event store and its log, on a real PostgreSQL.

mod append;
mod consume;
pub mod given;
mod order;
mod park;
