//! Integration tests.

mod alert;
mod support;
mod telemetry;
