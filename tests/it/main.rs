//! Integration tests.

mod alert;
mod event_store;
mod patient;
mod support;
mod telemetry;
