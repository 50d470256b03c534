//! The telemetry store on PostgreSQL, plain or with TimescaleDB.

pub mod bedside;
pub mod copy;
pub mod happenings;
pub mod limits;
pub mod pregnancy;
pub mod readings;
pub mod registry;
pub mod rollup;
