//! Integration tests.

mod alert;
mod event_store;
mod patient;
mod relay;
mod support;
mod telemetry;
