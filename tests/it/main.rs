//! Integration tests.

mod alert;
mod event_store;
mod support;
mod telemetry;
