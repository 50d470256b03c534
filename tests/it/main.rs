//! Integration tests.

mod event_store;
mod relay;
mod support;
