//! The event store and its log, on a real PostgreSQL.

mod append;
mod consume;
mod given;
mod order;
mod park;
