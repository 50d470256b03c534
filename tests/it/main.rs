//! Integration tests.

mod alert;
mod event_store;
mod import;
mod patient;
mod rebuild;
mod relay;
mod reporting;
mod support;
mod telemetry;
