//! Adapters: PostgreSQL, the key vault, files, brokers. The only crate that speaks SQL for the record.

pub mod access;
pub mod audit;
pub mod care;
pub mod clock;
pub mod database;
pub mod decision;
pub mod effect;
pub mod embedded;
pub mod escalation;
pub mod event_log;
pub mod event_store;
pub mod fhir;
pub mod import;
pub mod installation;
pub mod kafka;
pub mod live;
pub mod platform;
pub mod projection;
pub mod rebuild;
pub mod relay;
pub mod reporting;
pub mod scheduling;
pub mod seal;
pub mod shared;
pub mod vault;
pub mod views;
