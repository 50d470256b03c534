//! Integration tests.

mod event_store;
mod rebuild;
mod relay;
mod reporting;
mod support;
