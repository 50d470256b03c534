//! Adapters: PostgreSQL, the key vault, files, brokers. The only crate that speaks SQL for the record.

pub mod clock;
pub mod database;
pub mod embedded;
pub mod event_log;
pub mod event_store;
pub mod projection;
pub mod rebuild;
pub mod relay;
pub mod reporting;
pub mod vault;
pub mod views;
