//! The event store and its log, on a real PostgreSQL.

mod answer;
mod append;
mod consume;
pub mod given;
mod order;
mod park;
